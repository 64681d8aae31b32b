"""Whether the process runs, whether it can answer, and its metrics."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from pydantic import MISSING

from api.problems import Problem
from api.records.shapes import Shape
from api.server.metrics import EXPOSITION

router = APIRouter(tags=["service"])

UNCACHED = {"Cache-Control": "no-store"}


class Health(Shape):
    status: str
    snapshot: str | MISSING | None = MISSING
    down: dict[str, str] | MISSING = MISSING


@router.get("/livez", response_model=Health)
async def get_livez() -> Response:
    """Whether the process runs. Depends on nothing."""
    return JSONResponse({"status": "ok"}, headers=UNCACHED)


@router.get("/readyz", response_model=Health)
async def get_readyz(request: Request) -> Response:
    """Whether requests can be answered; 503 says which dependency is down."""
    serving = request.app.state.serving
    snapshot = serving.current.id if serving.current else None
    if unready := serving.unready:
        why = "; ".join(f"{name}: {reason}" for name, reason in unready.items())
        members: dict[str, Any] = {"down": unready, "snapshot": snapshot}
        raise Problem("unavailable", why, members=members, headers={"Retry-After": "1"})
    return JSONResponse({"status": "ready", "snapshot": snapshot, "down": serving.behind}, headers=UNCACHED)


@router.get("/metrics", include_in_schema=False)
async def get_metrics(request: Request) -> Response:
    state = request.app.state
    if state.settings.metrics_port is not None:
        raise Problem("not-found", "metrics are on a port of their own")
    headers = UNCACHED | {"Content-Type": EXPOSITION}
    return PlainTextResponse(await state.metrics(), headers=headers)
