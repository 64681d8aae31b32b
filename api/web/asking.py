"""A request for a page: the query of its data path, read as people's links carry it."""

from collections.abc import Callable
from typing import Annotated, Any, Concatenate, ParamSpec
from urllib.parse import unquote_to_bytes

from fastapi import Depends, Request
from fastapi.responses import Response
from pydantic import ValidationError

from api.formats.forms import HTML
from api.params.base import Params, is_list, parameters
from api.params.faults import unknown_parameter
from api.request import Body, SnapshotRequest, params_model

A = ParamSpec("A")

TRACKING = ("fbclid", "gclid", "ref")
MOST_UNAPPLIED = 5


class PageRequest(SnapshotRequest):
    """A request whose answer is a page."""

    def __init__(self, request: Request) -> None:
        super().__init__(request)
        self.form = HTML
        self.release = request.app.state.page_release

    async def show(
        self,
        model: type[Params] | str,
        make: Callable[Concatenate[SnapshotRequest, Any, A], Body],
        *arguments: A.args,
        **options: A.kwargs,
    ) -> Response:
        """The page with the parameters of `model`, or with those of a data path."""
        known = self._model_of(model) if isinstance(model, str) else model
        values = self._values(known)
        try:
            params = known.model_validate(values)
        except ValidationError as error:
            raise await self.invalid(known, error.errors()) from None
        return await self.respond(params, make, *arguments, **options)

    def asks(self, parameter: str) -> bool:
        """Whether the query gives the parameter a value."""
        return bool(Request(self.scope).query_params.get(parameter, "").strip())

    def _model_of(self, path: str) -> type[Params]:
        routes = self.scope["app"].routes
        return params_model(next(route for route in routes if getattr(route, "path", "") == path))

    def _values(self, model: type[Params]) -> dict[str, Any]:
        """The values of declared parameters. A field that a form sends empty counts as absent; what links carry to
        track their readers is dropped; any other parameter is shown as not applied."""
        known = parameters(model)
        kept: list[bytes] = []
        values: dict[str, list[str]] = {}
        unapplied: dict[str, Any] = {}
        for part in self.scope["query_string"].split(b"&"):
            name, value = (
                unquote_to_bytes(side.replace(b"+", b" ")).decode(errors="replace")
                for side in part.partition(b"=")[::2]
            )
            if name in known:
                if value.strip():
                    kept.append(part)
                    values.setdefault(name, []).append(value)
            elif name and not name.startswith("utm_") and name not in TRACKING and name.isprintable():
                unapplied[name[:40]] = unknown_parameter(name, list(known), {}, value)
        self.scope["query_string"] = b"&".join(kept)
        self.unapplied = tuple(list(unapplied.values())[:MOST_UNAPPLIED])
        return {name: each if is_list(model, name) else each[-1] for name, each in values.items()}


async def _on_page(request: Request) -> PageRequest:
    return PageRequest(request)


OnPage = Annotated[PageRequest, Depends(_on_page)]
