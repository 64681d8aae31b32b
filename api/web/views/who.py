"""Who says what: the voices of a document by the types of their claims. Each number leads to the list."""

from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import Response

from api import search
from api.model.selection import Condition, Selection
from api.model.vocabularies import ClaimMode, ClaimType
from api.params.base import Params, with_query
from api.records.lists import reading
from api.request import Body, SnapshotRequest
from api.web.asking import OnPage
from api.web.document import document_of
from api.web.environment import STRINGS, in_words
from api.web.names import Named, Names
from api.web.page import Head, page

router = APIRouter(include_in_schema=False)

MOST = 5000  # combinations of voice, mode and type
STRENGTHS = 4  # of a cell's ground
TYPES = tuple(each.value for each in ClaimType)
MODES = tuple(each.value for each in ClaimMode)  # the first is the author’s own voice


@dataclass(frozen=True)
class Cell:
    count: int
    href: str
    strength: int


@dataclass(frozen=True)
class Voice:
    who: Named
    cells: list[Cell]
    total: Cell


def who_page(request: SnapshotRequest, params: Params, id: str) -> Body:  # noqa: ARG001
    with reading(request) as reader:
        document = document_of(request, reader, id)
        counts = _counts(request, id)
        names = Names(
            reader, {("actor", speaker) for speaker, _, _ in counts} - {("actor", "author"), ("actor", "none")}
        )
    totals: dict[str, int] = {}
    for (speaker, _, _), count in counts.items():
        totals[speaker] = totals.get(speaker, 0) + count
    order = sorted(totals, key=lambda speaker: (-totals[speaker], speaker))
    voices = [_voice(request, id, speaker, names.speaker(speaker), counts) for speaker in order]
    others = sum(count for (_, mode, _), count in counts.items() if mode != ClaimMode.asserted)
    head = Head(
        f"{STRINGS['who_page']['title']}: {document['label']}",
        STRINGS["who_page"]["description"].format(document=document["label"]),
        f"/d/{id}/who",
        others=(("application/json", request.href(f"/v1/counts/claims?by=speaker,type&document={id}")),),
        document=document,
        view="who",
    )
    return page(
        request,
        "who.html",
        head,
        document=document,
        voices=voices,
        labels=[*map(in_words, TYPES), STRINGS["who_page"]["own"], *(STRINGS["marks"][each] for each in MODES[1:])],
        others=others,
        total=sum(totals.values()),
    )


def _counts(request: SnapshotRequest, id: str) -> dict[tuple[str, ...], int]:
    """Claims for each (speaker, mode, type)."""
    selection = Selection(filters={"document": Condition(any=(id,))})
    question = search.Question(kinds=("claim",), selection=selection, limit=0)
    return dict(request.snapshot.index.counts(question, ("speaker", "mode", "type"), MOST))


def _voice(request: SnapshotRequest, id: str, speaker: str, who: Named, counts: dict[tuple[str, ...], int]) -> Voice:
    own = {key[1:]: count for key, count in counts.items() if key[0] == speaker}

    def cell(count: int, **filters: str) -> Cell:
        share = count / max(sum(own.values()), 1)
        strength = min(STRENGTHS, 1 + int(share * STRENGTHS)) if count and "type" in filters else 0
        values = {"document": id, "speaker": speaker, **filters}
        return Cell(count, request.href(with_query("/claims", values)), strength)

    return Voice(
        who,
        [cell(sum(count for (_, type), count in own.items() if type == each), type=each) for each in TYPES]
        + [cell(sum(count for (mode, _), count in own.items() if mode == each), mode=each) for each in MODES],
        cell(sum(own.values())),
    )


@router.get("/d/{id}/who")
async def get_who(id: str, request: OnPage) -> Response:
    """The voices of a document."""
    return await request.show(Params, who_page, id)
