"""Argument: links between claims as arcs along the text, and the contradictions as pairs."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response
from sqlalchemy import select

from api.model.columns import columns
from api.model.kinds.relations import RELATION
from api.model.kinds.sections import SECTION
from api.model.tables import Claim
from api.model.vocabularies import RelationType
from api.params.base import Params
from api.records.lists import reading
from api.records.reader import Record
from api.request import Body, SnapshotRequest
from api.web.asking import OnPage
from api.web.document import document_of, read
from api.web.environment import STRINGS
from api.web.names import Named, Names
from api.web.page import Head, page

router = APIRouter(include_in_schema=False)

COLUMN = columns(Claim)
MOST = 2000  # links in the picture
WIDE, LEFT = 1080, 20
LOWEST, HIGHEST = 30.0, 190.0  # of an arc


@dataclass(frozen=True)
class Arc:
    """Half an ellipse on the line of claims, which is at 0."""

    relation: Record
    start: float
    end: float
    high: float
    title: str

    @property
    def path(self) -> str:
        return f"M{self.start} 0A{round((self.end - self.start) / 2, 1)} {self.high} 0 0 1 {self.end} 0"


@dataclass(frozen=True)
class Link:
    """A relation with both claims and who makes them."""

    relation: Record
    one: Record
    other: Record
    one_who: Named
    other_who: Named


def argument_page(request: SnapshotRequest, params: Params, id: str) -> Body:  # noqa: ARG001
    with reading(request) as reader:
        document = document_of(request, reader, id)
        relations = read(reader, RELATION, id, most=MOST)
        names = Names(reader, {("claim", relation[end]) for relation in relations for end in ("from", "to")})
        names.read_speakers(reader)
        order = select(COLUMN.id, COLUMN.start, COLUMN.mode, COLUMN.statement).where(COLUMN.document == id)
        claims = reader.rows(order.order_by(COLUMN.sequence))
        sections = read(reader, SECTION, id)
    step = (WIDE - 2 * LEFT) / max(len(claims) - 1, 1)
    x = {claim.id: round(LEFT + place * step, 1) for place, claim in enumerate(claims)}
    links = [_link(relation, names) for relation in relations]
    head = Head(
        f"{STRINGS['argument']['title']}: {document['label']}",
        STRINGS["argument"]["description"].format(document=document["label"]),
        f"/d/{id}/argument",
        others=(("application/json", request.href(f"/v1/relations?document={id}&include=from,to")),),
        document=document,
        view="argument",
    )
    arcs = [_arc(link, x) for link in links]
    return page(
        request, "argument.html", head, document=document, links=links, arcs=arcs,
        ticks=[(x[claim.id], claim) for claim in claims], marks=_sections(sections, claims, x),
        counts=_counts(relations), contradictions=[link for link in links if link.relation["type"] == "contradicts"],
        wide=WIDE, high=max((arc.high for arc in arcs), default=0) + 10,
    )  # fmt: skip


def _counts(relations: list[Record]) -> list[tuple[str, int]]:
    """How many links there are of each type, contradictions first."""
    counts = Counter(relation["type"] for relation in relations)
    order = ["contradicts", *(each.value for each in RelationType if each != RelationType.contradicts)]
    return [(type, counts[type]) for type in order if counts[type]]


def _link(relation: Record, names: Names) -> Link:
    one, other = (names.records[("claim", relation[end])] for end in ("from", "to"))
    return Link(relation, one, other, names.speaker(one["speaker"]), names.speaker(other["speaker"]))


def _arc(link: Link, x: dict[str, float]) -> Arc:
    start, end = sorted((x[link.one["id"]], x[link.other["id"]]))
    high = round(min(HIGHEST, max(LOWEST, (end - start) * 0.8)), 1)
    phrase = STRINGS["relations"][link.relation["type"]][0]
    return Arc(link.relation, start, end, high, f"{link.one['statement']} — {phrase} — {link.other['statement']}")


def _sections(sections: list[Record], claims: Sequence[Any], x: dict[str, float]) -> list[tuple[float, int, Record]]:
    """(place, number, section) of the leaf sections, where their names do not run into one another."""
    parents = {section["parent"] for section in sections}
    leaves = [section for section in sections if section["id"] not in parents]
    shown: list[tuple[float, int, Record]] = []
    for number, section in enumerate(leaves, 1):
        first = next((x[claim.id] for claim in claims if section["start"] <= claim.start < section["end"]), None)
        if first is not None and (not shown or first - shown[-1][0] > 24):
            shown.append((first, number, section))
    return shown


@router.get("/d/{id}/argument")
async def get_argument(id: str, request: OnPage) -> Response:
    """How the claims of a document hang together."""
    return await request.show(Params, argument_page, id)
