"""Routes for files: one path for each form, on one endpoint."""

from collections.abc import Callable
from typing import TypeVar

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response

from api.formats.forms import FILES, Form

E = TypeVar("E", bound=Callable[..., object])


def files(router: APIRouter, path: str, *forms: Form, description: str | None = None) -> Callable[[E], E]:
    """`@files(router, "/claims")` above an endpoint: it answers /claims.csv, /claims.jsonl …

    Without `forms` these are all forms that write files of records. An endpoint that also answers the bare path has a
    `description` of its files.
    """

    def added(endpoint: E) -> E:
        for form in forms or FILES:
            name = f"{endpoint.__name__.removesuffix('_file')}_{form.name}"
            router.add_api_route(
                path + form.suffix,
                endpoint,
                name=name,
                description=description,
                response_class=response_class(form),
                response_description=form.description,
            )
        return endpoint

    return added


def response_class(form: Form) -> type[Response]:
    """The response class that tells OpenAPI the form's media type; FastAPI types only JSON responses by a model."""
    base = JSONResponse if form.media_type.endswith("json") else Response
    return type(f"{form.name.title()}Response", (base,), {"media_type": form.media_type})
