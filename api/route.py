"""FastAPI's route for what is answered from a snapshot: the whole query is read by one validation of its model.

FastAPI declares, documents and names the parameters. It also looks for each of up to 39 parameters in every query,
sent or not, and resolves what an endpoint depends on; that took a third of a computed page.
"""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from fastapi.routing import APIRoute
from pydantic import ValidationError
from starlette.datastructures import QueryParams

from api.params.base import Params, is_list, parameters
from api.request import SnapshotRequest, params_model


async def _on_snapshot(request: Request) -> SnapshotRequest:
    return SnapshotRequest(request)


OnSnapshot = Annotated[SnapshotRequest, Depends(_on_snapshot)]
Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class SnapshotRoute(APIRoute):
    """For endpoints of `params`, `request` and plain ids of the path. Others are FastAPI's own."""

    def get_route_handler(self) -> Handler:
        ids = {field.name for field in self.dependant.path_params if field.field_info.annotation is str}
        if self.endpoint.__annotations__.keys() - ids != {"params", "request", "return"}:
            return super().get_route_handler()
        model, endpoint = params_model(self), self.endpoint

        async def answer(request: Request) -> Response:
            try:
                params = model.model_validate(given(model, request.query_params))
            except ValidationError as error:
                raise RequestValidationError(error.errors(include_url=False)) from None
            response: Response = await endpoint(params=params, request=SnapshotRequest(request), **request.path_params)
            return response

        return answer


def given(model: type[Params], query: QueryParams) -> dict[str, Any]:
    """The parameters that were sent: all values of a list, and the last one of any other."""
    declared = parameters(model)
    return {name: query.getlist(name) if name in declared and is_list(model, name) else query[name] for name in query}
