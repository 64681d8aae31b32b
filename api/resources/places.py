"""Places: where the documents locate things, under the names they use."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import Field
from sqlalchemy import Select, select

from api.content.statements import among
from api.formats.files import field_names
from api.model.tables import Place, PlaceDocument, columns_of, metadata
from api.model.vocabularies import PlaceCategory
from api.openapi import described
from api.params.accepts import OneOf, Reference
from api.records.lists import Ids, RecordQuestions, SearchedQuestions, list_of, record_of
from api.records.shapes import Extras, Id, Kind, Links, One, Page, Reader, Record, listing_any, register
from api.request import Answering, Asking

router = APIRouter(prefix="/v1/places", tags=["places"], route_class=Answering)

PLACE = columns_of(Place)
PLACE_DOCUMENT = columns_of(PlaceDocument)


class PlaceRecord(Extras):
    id: Id
    kind: Literal["place"]
    documents: list[Id] = Field(description="The documents that name it.")
    name: str
    category: PlaceCategory
    names: list[str] = Field(description="The surface forms the texts use.")
    mention_count: int = Field(description="Non-overlapping occurrences of the names, longest first.")
    links: Links


class PlacePage(Page[PlaceRecord]):
    pass


class PlaceAnswer(One[PlaceRecord]):
    pass


FACETS = ("document", "category")


class PlaceQuestions(SearchedQuestions):
    id: Annotated[Ids, Reference("place"), Field(description="These places.", examples=["karabakh"])] = ()
    category: Annotated[
        tuple[str, ...], OneOf(PlaceCategory), Field(description="Of these categories.", examples=["region"])
    ] = ()
    sort: Annotated[
        str | None,
        OneOf(("id", "-id", "name", "-name", "mention_count", "-mention_count")),
        Field(description="By id if unset; relevance with q."),
    ] = None
    facets: Annotated[tuple[str, ...], OneOf(FACETS), Field(description="Counts by the values of these filters.")] = ()
    format: Annotated[str, OneOf(("json", "jsonl", "csv")), Field(description="Instead of Accept.")] = "json"
    fields: Annotated[
        tuple[str, ...], OneOf(field_names(PlaceRecord)), Field(description="Columns of csv, keys of jsonl.")
    ] = ()


class PlaceIdQuestions(RecordQuestions):
    format: Annotated[str, OneOf(("json",)), Field(description="Instead of Accept.")] = "json"


COLUMNS = (PLACE.sequence, PLACE.rank, PLACE.id, PLACE.name, PLACE.category, PLACE.mention_count)

USES = (
    select(PLACE_DOCUMENT.place, PLACE_DOCUMENT.document, PLACE_DOCUMENT.names)
    .where(among(PLACE_DOCUMENT.place, "places"))
    .order_by(PLACE_DOCUMENT.place, PLACE_DOCUMENT.document)
)

EVERY = select(*COLUMNS)


def present(reader: Reader, rows: Sequence[Any]) -> list[Record]:
    documents: dict[str, list[str]] = {}
    names: dict[str, dict[str, None]] = {}
    for place, document, forms in reader.rows(USES, places=[row[2] for row in rows]):
        documents.setdefault(place, []).append(document)
        names.setdefault(place, {}).update(dict.fromkeys(forms))
    return [
        {
            "id": id,
            "kind": "place",
            "documents": documents.get(id, []),
            "name": name,
            "category": category,
            "names": list(names.get(id, ())),
            "mention_count": mention_count,
            "links": {"self": f"{reader.root}/v1/places/{id}", "text": None, "spans": None},
        }
        for _, _, id, name, category, mention_count in rows
    ]


def places(asked: PlaceQuestions) -> Select[Any]:
    statement = EVERY
    if asked.id:
        statement = statement.where(PLACE.id.in_(asked.id))
    if asked.document:
        statement = listing_any(statement, PLACE.id, PLACE_DOCUMENT.place, PLACE_DOCUMENT.document, asked.document)
    if asked.category:
        statement = statement.where(PLACE.category.in_(asked.category))
    return statement


PLACES = register(
    Kind(
        "place",
        "places",
        metadata.tables["place"],
        EVERY,
        present,
        PlaceRecord,
        filters=FACETS,
        facets=FACETS,
        sourced=False,
    )
)


@router.get("", **described(PlaceQuestions, PlacePage))
async def list_places(asking: Asking) -> Response:
    """Places by id, or best first with q."""
    return await asking.answer(PlaceQuestions, lambda asked: list_of(asking, PLACES, asked, places(asked)))


@router.get("/{id}", **described(PlaceIdQuestions, PlaceAnswer))
async def get_place(asking: Asking, id: str) -> Response:
    """One place."""
    return await asking.answer(PlaceIdQuestions, lambda asked: record_of(asking, PLACES, id, asked))
