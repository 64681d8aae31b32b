"""Timeline: dated events with the uncertainty of their dates; the others in the order of the text."""

from collections.abc import Callable
from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import Response
from sqlalchemy import func, or_, select

from api.model.columns import columns
from api.model.kinds.events import EVENT
from api.model.tables import Event
from api.params.base import Params
from api.records.lists import reading
from api.records.reader import Record
from api.request import Body, SnapshotRequest
from api.web.asking import OnPage
from api.web.axis import WIDE, axis
from api.web.document import document_of, read
from api.web.environment import STRINGS
from api.web.page import Head, page

router = APIRouter(include_in_schema=False)

COLUMN = columns(Event)
MOST_DATED, MOST_UNDATED = 300, 100
LETTER = 6.6  # units of the picture
LINE = 34
TOP = 46


@dataclass(frozen=True)
class Bar:
    """An event in the picture. `open_end`: the text gives no end."""

    event: Record
    x: float
    width: float
    y: int
    text_x: float
    anchor: str
    open_end: bool


def timeline_page(request: SnapshotRequest, params: Params, id: str) -> Body:  # noqa: ARG001
    dated = or_(COLUMN.earliest.is_not(None), COLUMN.latest.is_not(None))
    with reading(request) as reader:
        document = document_of(request, reader, id)
        events = read(reader, EVENT, id, dated, most=MOST_DATED)
        undated = read(reader, EVENT, id, ~dated, most=MOST_UNDATED)
        condition = (COLUMN.document == id, dated)
        total = int(reader.rows(select(func.count()).select_from(COLUMN.id.table).where(*condition))[0][0])
    events.sort(key=lambda event: (event["date"]["earliest"] or event["date"]["latest"], event["ordinal"]))
    years = [year for event in events for year in _years(event)]
    scale = axis(years)
    bars = [_bar(event, place, scale.x) for place, event in enumerate(events)]
    head = Head(
        f"{STRINGS['timeline']['title']}: {document['label']}",
        STRINGS["timeline"]["description"].format(document=document["label"]),
        f"/d/{id}/timeline",
        others=(("application/json", request.href(f"/v1/events?document={id}&sort=date")),),
        document=document,
        view="timeline",
    )
    return page(
        request, "timeline.html", head, document=document, bars=bars, scale=scale, undated=undated, total=total,
        top=TOP, height=TOP + LINE * len(bars) + 10, wide=int(WIDE) + 20,
    )  # fmt: skip


def _years(event: Record) -> list[float]:
    """The bounds that the text gives, as years with their part of a year."""
    bounds = (event["date"]["earliest"], event["date"]["latest"])
    return [int(day[:4]) + (int(day[5:7]) - 1) / 12 + int(day[8:10]) / 366 for day in bounds if day]


def _bar(event: Record, place: int, x: Callable[[float], float]) -> Bar:
    years = _years(event)
    start = x(years[0]) if event["date"]["earliest"] else 20.0
    end = x(years[-1]) if event["date"]["latest"] else WIDE
    width = max(end - start, 8.0)
    fits = start + len(event["name"]) * LETTER < WIDE
    return Bar(
        event,
        start,
        round(width, 1),
        TOP + LINE * place,
        start if fits else min(start + width, WIDE),
        "start" if fits else "end",
        event["date"]["latest"] is None,
    )


@router.get("/d/{id}/timeline")
async def get_timeline(id: str, request: OnPage) -> Response:
    """The events of a document in time."""
    return await request.show(Params, timeline_page, id)
