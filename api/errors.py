"""What exceptions become: each error is a problem (RFC 9457), whatever raised it."""

import errno
import logging

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.exc import DataError, DBAPIError, NotSupportedError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException as RoutingError
from starlette.routing import Match

from api.content.database import CANCELED, MISSING_TABLE
from api.problems import Problem
from api.request import SnapshotRequest, params_model
from api.search import TooCostly
from api.server.edge import INTERNAL
from api.server.exchange import problem_answer
from api.server.unavailable import overdue, unavailable
from api.web.problem import problem_page, wants_page

log = logging.getLogger("sic")


def add_handlers(app: FastAPI) -> None:
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(TooCostly, _too_costly)
    app.add_exception_handler(RoutingError, _nothing_here)
    app.add_exception_handler(DBAPIError, _away)
    app.add_exception_handler(PoolTimeoutError, _away)
    app.add_exception_handler(OSError, _exhausted)
    app.add_exception_handler(Exception, _internal)


def _response(problem: Problem, request: Request) -> Response:
    if wants_page(request.scope):
        status = problem.kind.status
        headers, body = problem_page(request, problem)
    else:
        status, headers, body = problem_answer(problem, request.scope)
    response = Response(body, status)
    response.raw_headers = headers
    return response


async def _problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    return _response(error, request)


async def _invalid(request: Request, error: Exception) -> Response:
    """A query that its parameter model refused."""
    assert isinstance(error, RequestValidationError)
    problem = await SnapshotRequest(request).invalid(params_model(request.scope["route"]), error.errors())
    return _response(problem, request)


async def _too_costly(request: Request, error: Exception) -> Response:
    return _response(Problem("too-costly", str(error)), request)


async def _nothing_here(request: Request, _error: Exception) -> Response:
    """404, or a redirect where the path has only too many slashes."""
    path = "/" + "/".join(part for part in request.scope["path"].split("/") if part)
    if path != request.scope["path"] and _is_known(request, path):
        query = request.scope["query_string"].decode("latin-1")
        root_path = request.app.state.settings.root_path
        return RedirectResponse(root_path + path + ("?" + query if query else ""), status_code=308)
    return _response(Problem("not-found", "there is nothing at this path"), request)


def _is_known(request: Request, path: str) -> bool:
    scope = {**request.scope, "path": path}
    return any(route.matches(scope)[0] is not Match.NONE for route in request.app.router.routes)


async def _away(request: Request, error: Exception) -> Response:
    """503 where the database or its generation is gone. Raises any other error again: it is a fault of this program."""
    own = isinstance(error, (DataError, NotSupportedError, ProgrammingError))
    state = getattr(getattr(error, "orig", None), "sqlstate", None)
    if own and state != MISSING_TABLE:
        raise error
    if state == CANCELED:
        return _response(overdue(), request)
    log.warning(
        "the database does not answer",
        extra={"reason": str(getattr(error, "orig", error)).splitlines()[:1]},
    )
    return _response(unavailable("database", "the database does not answer now", 2), request)


async def _exhausted(request: Request, error: Exception) -> Response:
    """503 without free file descriptors, which come back as connections end. Raises any other error again."""
    assert isinstance(error, OSError)
    if error.errno not in (errno.EMFILE, errno.ENFILE):
        raise error
    log.warning("out of file descriptors", extra={"reason": str(error)})
    return _response(unavailable("descriptors", "this process is out of resources", 2), request)


async def _internal(request: Request, _error: Exception) -> Response:
    return _response(INTERNAL, request)
