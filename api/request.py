"""A request on one snapshot: from its validated parameters to the response and its headers."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Concatenate, ParamSpec, TypeVar
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import Response, StreamingResponse
from pydantic import MISSING, ValidationError
from pydantic_core import to_json

from api.content.answers import etag, matches
from api.content.snapshot import Snapshot
from api.formats.forms import FORMS, Form, form_of
from api.params import cursors
from api.params.base import Params, canonical, is_list, optional, parameters, references
from api.params.cursors import Cursor
from api.params.faults import faults_of
from api.params.lists import PageParams
from api.params.raw import raw_faults
from api.problems import Fault, Problem, bad_query, nearest
from api.server.workers import Workers
from api.settings import Settings

P = TypeVar("P", bound=Params)
A = ParamSpec("A")

CACHING = "public, max-age=60, stale-while-revalidate=60"
# Parameters that change how a page is shown, not which records a walk goes through.
UNBOUND = dict.fromkeys(("cursor", "offset", "limit", "include", "facets", "highlight", "snapshot"))

# Parameters that mean nothing without another one.
NEEDS = {"highlight": "q"}


@dataclass
class Body:
    """What a response is made of: a JSON value, text, or a stream of bytes; and links for its header."""

    content: dict[str, Any] | str | Iterator[bytes]
    links: Sequence[tuple[str, str]] = ()
    filename: str | None = None
    location: str | None = None  # path of the same content (Content-Location)
    headers: Mapping[str, str] = field(default_factory=dict)
    form: Form | None = None  # where it is not the form of the path


class SnapshotRequest:
    """A request, and the snapshot that answers it."""

    def __init__(self, request: Request) -> None:
        scope = request.scope
        self.scope = scope
        self.path = quote(scope["path"], safe="/:@!$&'()*+,;=~")
        self.settings: Settings = request.app.state.settings
        self.root: str = self.settings.root_path
        self.release: str = request.app.state.release
        self.contract: bytes = request.app.state.contract
        self.form = FORMS[scope["sic.form"]] if "sic.form" in scope else form_of(scope["route"].path)
        self.query = self.path  # in its canonical spelling, once the parameters are right
        self.unapplied: tuple[Fault, ...] = ()  # parameters that a page shows as not applied
        self._walk: str | None = None
        self._snapshot: Snapshot | None = scope["sic.snapshot"]
        self._workers: Workers = request.app.state.workers

    @property
    def snapshot(self) -> Snapshot:
        if self._snapshot is None:
            raise Problem("unavailable", "no content can be served yet; /readyz says why", headers={"Retry-After": "1"})
        return self._snapshot

    @property
    def snapshot_id(self) -> str:
        """`none` before there is content: some pages show none."""
        return self._snapshot.id if self._snapshot else "none"

    @property
    def published_at(self) -> float | None:
        """When the content was published (Unix time)."""
        return self._snapshot.database.generation.published_at if self._snapshot else None

    @property
    def documents(self) -> int:
        """How many documents are served."""
        return self._snapshot.counts["documents"] if self._snapshot else 0

    @property
    def data_path(self) -> str:
        """The path of the same content as data: a page's is below /v1."""
        return self.path if self.path.startswith("/v1/") else f"/v1{self.path}"

    @property
    def path_id(self) -> str:
        """The id that the path names."""
        return str(self.scope["path_params"]["id"]).replace("\0", "\ufffd")  # PostgreSQL takes no NUL

    def href(self, path: str) -> str:
        return self.root + path

    async def respond(
        self,
        params: P,
        make: "Callable[Concatenate[SnapshotRequest, P, A], Body]",
        *arguments: A.args,
        **options: A.kwargs,
    ) -> Response:
        """Check what only the content shows, then 304, remembered or made, in this order. Raises Problem."""
        return await self._workers.run(lambda: self._respond(params, lambda: make(self, params, *arguments, **options)))

    def _respond(self, params: Params, make: Callable[[], Body]) -> Response:
        if faults := self.faults(type(params), params):
            raise bad_query(faults)
        if params.snapshot is not MISSING and params.snapshot != self.snapshot.id:
            detail = f"the snapshot served is {self.snapshot.id}"
            raise Problem("snapshot-not-served", detail, members={"snapshot": self.snapshot.id})
        if available := self.scope.get("sic.available"):
            detail = f"this path can send {', '.join(available)}"
            raise Problem("not-acceptable", detail, members={"available": available})
        if "\0" in self.scope["path"]:
            detail = "no id has a NUL character"
            raise Problem("not-found", detail, (Fault("not-found", "id", detail),))
        self.query = canonical(self.path, params)
        form = self.form
        # A page also shows what it did not apply, so that these parameters belong to what it is remembered by.
        identity = self.query + "".join(f" {fault.parameter}" for fault in self.unapplied)
        tag = etag(self.snapshot_id, self.release, identity, form.name)
        headers = {"ETag": tag, "Cache-Control": CACHING}
        if matches(self.scope["sic.if_none_match"], tag.encode()):
            return Response(status_code=304, headers=headers)
        self.scope["sic.key"] = key = f"{form.name} {identity}"
        if (remembered := self._remembered(key)) is not None:
            return remembered
        body = make()
        headers["Content-Type"] = (body.form or form).content_type
        headers["Link"] = link_header(self.root, [("self", self.href(self.query)), *body.links])
        headers |= body.headers
        if body.filename:
            headers["Content-Disposition"] = f'attachment; filename="{body.filename}"'
        if location := body.location or (self.query if form.suffix else None):
            headers["Content-Location"] = self.href(location)
        if isinstance(body.content, dict):
            return Response(to_json(body.content), headers=headers)
        if isinstance(body.content, str):
            return Response(body.content.encode(), headers=headers)
        stream = (b"",) if self.scope["sic.head"] else self._workers.each(body.content)
        return StreamingResponse(stream, headers=headers)

    def _remembered(self, key: str) -> Response | None:
        """The response to the same query in another spelling."""
        answer = self._snapshot and self._snapshot.answers.get((key, self.scope["sic.gzip"]))
        if not answer:
            return None
        self.scope["sic.remembered"] = answer
        response = Response(answer.body)
        response.raw_headers = list(answer.headers)
        return response

    def faults(self, model: type[Params], params: Params, validation: Iterable[Fault] = ()) -> list[Fault]:
        """All faults of the query: those of its validation, then those that its raw text and the content show."""
        faults = list(validation)
        if self.scope["query_string"]:
            raw = list(raw_faults(self.scope["query_string"], model))
            repeated = {fault.parameter for fault in raw if fault.slug == "repeated-parameter"}
            faults = [fault for fault in faults if fault.parameter not in repeated]  # pydantic saw only the last value
            faulty = {fault.parameter for fault in faults}
            misread = {fault.parameter for fault in raw}
            faults += [fault for fault in raw if fault.parameter not in faulty]
            faults += [fault for fault in self._unknown_ids(params) if fault.parameter not in faulty | misread]
        if faults:
            faulty = {fault.parameter for fault in faults}
            faults += [fault for fault in params.misplaced(self) if fault.parameter not in faulty]
        return faults

    async def invalid(self, model: type[Params], errors: Sequence[Any]) -> Problem:
        """The problem of a query that its model refused."""
        return await self._workers.run(lambda: self._invalid(model, errors))

    def _invalid(self, model: type[Params], errors: Sequence[Any]) -> Problem:
        faults = list(faults_of(errors, model, self._forms()))
        query = Request(self.scope).query_params
        wrong = {fault.parameter for fault in faults}
        # pydantic stops before rules that span several fields; they are checked on the fields that are right.
        while True:
            names = [name for name in parameters(model) if name in query and name not in wrong]
            values = {name: query.getlist(name) if is_list(model, name) else query[name] for name in names}
            try:
                params = optional(model).model_validate(values)
                break
            except ValidationError as error:
                more = [fault for fault in faults_of(error.errors(), model, {}) if fault.parameter not in wrong]
                faults += [fault for fault in more if NEEDS.get(fault.parameter) not in wrong]
                wrong |= {fault.parameter for fault in more}
                if wrong.isdisjoint(names):  # the rule is broken by a default: there is nothing to leave out
                    return bad_query(faults)
        return bad_query(self.faults(model, params, faults))

    def _forms(self) -> dict[str, str]:
        """The paths of the resource's other forms by their names."""
        templates = {getattr(route, "path", "") for route in self.scope["app"].routes}
        bare = self.scope["route"].path
        suffixes = {form.name: form.suffix for form in FORMS.values() if form.suffix}
        return {name: self.href(self.path + suffix) for name, suffix in suffixes.items() if bare + suffix in templates}

    def _unknown_ids(self, params: Params) -> Iterator[Fault]:
        for parameter, (attribute, refers) in references(type(params)).items():
            values = getattr(params, attribute)
            if values and refers.kind is not None:
                ids = [value for value in values if value not in refers.words]
                for id, near in self.snapshot.ids.unknown(refers.kind, ids).items():
                    allowed = self.snapshot.ids.all_of(refers.kind)
                    listed = None if allowed is None else sorted([*allowed, *refers.words])
                    meant = _word(id, refers.words) or near or nearest(id.casefold(), refers.words)
                    yield Fault("unknown-id", parameter, f"there is no {refers.kind} {id!r:.80}", listed, meant)

    def cursor(self, params: PageParams) -> Cursor:
        """Where the page begins. Raises Problem for a cursor of another snapshot or query."""
        if params.cursor is MISSING:
            return Cursor()
        snapshot, query, cursor = cursors.read(params.cursor)
        if snapshot != self.snapshot.id:
            raise Problem(
                "stale-cursor",
                f"the cursor is of snapshot {snapshot}; the one served is {self.snapshot.id}",
                (Fault("stale-cursor", "cursor", "its snapshot is no longer served"),),
                members={
                    "restart": self.href(canonical(self.path, params, cursor=None, offset=None)),
                    "snapshot": self.snapshot.id,
                },
            )
        if query != cursors.bound(self.walk(params)):
            fault = Fault("invalid-cursor", "cursor", "it belongs to another query")
            raise Problem("invalid-cursor", "the cursor belongs to another query", (fault,))
        return cursor

    def cursor_faults(self, params: PageParams) -> Sequence[Fault]:
        try:
            self.cursor(params)
        except Problem as problem:
            return problem.faults
        return ()

    def cursor_text(self, params: PageParams, cursor: Cursor | None) -> str | None:
        """The cursor of another page of the same walk."""
        return None if cursor is None else cursors.write(cursor, self.snapshot.id, self.walk(params))

    def walk(self, params: Params) -> str:
        """The query without what only changes how a page is shown: the same for all pages of a walk."""
        if self._walk is None:
            self._walk = canonical(self.data_path, params, **UNBOUND)
        return self._walk


def _word(text: str, words: Iterable[str]) -> str | None:
    """The word that the text is in other letter case."""
    return next((word for word in words if word == text.casefold()), None)


def link_header(root: str, links: Iterable[tuple[str, str | None]]) -> str:
    """A Link header (RFC 8288) of pairs of relation and path; pairs without a path are left out."""
    every = [*links, ("service-desc", f"{root}/openapi.json"), ("describedby", f"{root}/docs")]
    return ", ".join(f'<{target}>; rel="{relation}"' for relation, target in every if target)


def params_model(route: Any) -> type[Params]:
    """The parameter model of a route."""
    for parameter in route.dependant.query_params:
        annotation = parameter.field_info.annotation
        if isinstance(annotation, type) and issubclass(annotation, Params):
            return annotation
    raise LookupError(f"{route.path} has no parameter model")
