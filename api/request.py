"""One request, asked of one snapshot: from the raw question to the answer's headers."""

from collections.abc import Callable, Coroutine, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar
from urllib.parse import quote

from fastapi import Depends, Request
from fastapi.responses import Response, StreamingResponse
from fastapi.routing import APIRoute
from pydantic_core import from_json, to_json

from api.content.answers import etag, matches
from api.content.snapshot import Snapshot
from api.formats.files import MEDIA_TYPES, negotiate
from api.params.questions import Questions, ask, canonical, declared
from api.problems import Problem, bad_question
from api.records.shapes import Reader, Record
from api.server.workers import Workers
from api.settings import Settings
from api.web.pages import POLICIES, POLICY, hardening

Q = TypeVar("Q", bound=Questions)

CACHING = "public, max-age=60, stale-while-revalidate=60"


@dataclass
class Body:
    """What an endpoint answers: a JSON value, text, or a stream of bytes; and links for the Link header."""

    content: Record | str | Iterator[bytes]
    links: Sequence[tuple[str, str]] = ()
    filename: str | None = None


class Asked:
    """A request and the snapshot that answers it."""

    def __init__(self, request: Request) -> None:
        scope = request.scope
        self.scope = scope
        self._snapshot: Snapshot | None = scope["sic.snapshot"]
        self.settings: Settings = request.app.state.settings
        self.release: str = request.app.state.release
        self.root: str = self.settings.root_path
        self.path = quote(scope["path"], safe="/:@!$&'()*+,;=~")
        self.format = "json"
        self.question = self.path
        self._contract: bytes = request.app.state.contract
        self._workers: Workers = request.app.state.workers

    @property
    def snapshot(self) -> Snapshot:
        if self._snapshot is None:
            raise Problem("unavailable", "no content can be served yet; /readyz says why", headers={"Retry-After": "1"})
        return self._snapshot

    @property
    def state(self) -> str:
        """The snapshot's id; pages that show no content are there before there is one."""
        return self._snapshot.id if self._snapshot else "none"

    def contract(self) -> Record:
        """The OpenAPI document, telling clients where it is served."""
        document: Record = from_json(self._contract)
        return document | {"servers": [{"url": self.root or "/"}]}

    async def answer(self, model: type[Q], make: Callable[[Q], Body], offered: Sequence[str] = ("json",)) -> Response:
        """Validate, then 304, remembered or made: in this order, in a worker thread. Raises Problem."""
        return await self._workers.run(lambda: self._answer(model, make, offered))

    def _answer(self, model: type[Q], make: Callable[[Q], Body], offered: Sequence[str]) -> Response:
        asked = self.read(model, offered)
        tag = etag(self.state, self.release, self.question, self.format)
        headers = {"ETag": tag, "Cache-Control": CACHING}
        if matches(self.scope["sic.if_none_match"], tag.encode()):
            return Response(status_code=304, headers=headers)
        headers["Content-Type"] = MEDIA_TYPES[self.format]
        if self.format == "html":
            headers |= hardening(POLICIES.get(self.path, POLICY))
        self.scope["sic.key"] = key = f"{self.format} {self.question}"
        if (known := self._remembered(key)) is not None:
            return known
        body = make(asked)
        headers["Link"] = link_header(self.root, [("self", self.root + self.question), *body.links])
        if body.filename:
            headers["Content-Disposition"] = f'attachment; filename="{body.filename}"'
        if isinstance(body.content, dict):
            return Response(to_json(body.content), headers=headers)
        if isinstance(body.content, str):
            return Response(body.content.encode(), headers=headers)
        stream = (b"",) if self.scope["sic.head"] else self._workers.each(body.content)
        return StreamingResponse(stream, headers=headers)

    def read(self, model: type[Q], offered: Sequence[str]) -> Q:
        asked, faults = ask(model, self.scope["query_string"], self._unknown)
        formats: Sequence[str] = (
            declared(model)["format"].accepts.schema()["enum"] if "format" in declared(model) else offered
        )
        chosen: str | None = getattr(asked, "format", None) if asked and "format" in asked.model_fields_set else None
        format = chosen or negotiate(self.scope["sic.accept"], formats)
        faulty = {fault.parameter for fault in faults}
        if asked and format and "format" not in faulty:
            needy = {"highlight"} if "q" in faulty and format == "json" else set()  # it goes with a q, right or wrong
            faults += [fault for fault in asked.refused(format) if fault.parameter not in needy]
        if asked and faults and {fault.slug for fault in faults} == {"unknown-parameter"}:
            faults += asked.misplaced(self)  # the rest is whole; alone it is told where it is met
        if asked is None or faults:
            raise bad_question(faults)
        if asked.snapshot is not None and asked.snapshot != self.snapshot.id:
            raise Problem(
                "snapshot-not-served",
                f"the snapshot served is {self.snapshot.id}",
                members={"snapshot": self.snapshot.id},
            )
        if format is None:
            available = [MEDIA_TYPES[each].partition(";")[0] for each in formats]
            raise Problem(
                "not-acceptable", f"this path can send {', '.join(available)}", members={"available": available}
            )
        self.format = format
        self.question = canonical(self.path, asked)
        return asked

    def _remembered(self, key: str) -> Response | None:
        """The answer to the same question in other words."""
        answer = self._snapshot and self._snapshot.answers.get((key, self.scope["sic.gzip"]))
        if not answer:
            return None
        self.scope["sic.remembered"] = answer
        response = Response(answer.body)
        response.raw_headers = list(answer.headers)
        return response

    def _unknown(self, kind: str, ids: Sequence[str]) -> dict[str, str | None]:
        return self.snapshot.unknown(kind, ids)

    def href(self, question: str) -> str:
        return self.root + question

    def reading(self) -> "Reading":
        return Reading(self)


class Reading:
    """`with asked.reading() as reader`: a connection to the snapshot for as long as it takes."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self._connection = asked.snapshot.database.connect()

    def __enter__(self) -> Reader:
        return Reader(self._connection, self._asked.root)

    def __exit__(self, *_: object) -> None:
        self._connection.close()


def link_header(root: str, links: Iterable[tuple[str, str | None]]) -> str:
    """RFC 8288: targets are paths from the root."""
    known = [*links, ("service-desc", f"{root}/openapi.json"), ("describedby", f"{root}/docs")]
    return ", ".join(f'<{target}>; rel="{relation}"' for relation, target in known if target)


async def _asked(request: Request) -> Asked:
    return Asked(request)


Asking = Annotated[Asked, Depends(_asked)]


class Answering(APIRoute):
    """A route for endpoints that need what is asked and ids of the path alone: they are called with them.

    To work that out anew takes FastAPI a tenth of an answer. Where requests are traced it does, and shows its steps.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        solving = super().get_route_handler()
        if [needed.call for needed in self.dependant.dependencies] != [_asked]:
            return solving

        async def handle(request: Request) -> Response:
            if "fastapi.telemetry" in request.scope:
                return await solving(request)
            response: Response = await self.endpoint(Asked(request), **request.path_params)
            return response

        return handle


def one(asked: Asked, record: Record) -> Body:
    """The envelope of a single record."""
    content: dict[str, Any] = {
        "data": record,
        "meta": {"snapshot": asked.state},
        "links": {"self": asked.href(asked.question)},
    }
    return Body(content)
