"""A problem as a page, for people who followed a link."""

from fastapi import Request

from api.formats.forms import HTML
from api.formats.negotiation import negotiate
from api.problems import Problem
from api.request import SnapshotRequest
from api.server.asgi import Scope
from api.web.environment import STRINGS
from api.web.page import POLICY, Head, hardening, render


def wants_page(scope: Scope) -> bool:
    """Whether a person asks: browsers name HTML. Below /v1 everybody gets the problem as data."""
    path: str = scope["path"]
    data = path == "/v1" or path.startswith("/v1/")
    return not data and negotiate(scope["sic.accept"], ("json", "html")) == "html"


def problem_page(request: Request, problem: Problem) -> tuple[list[tuple[bytes, bytes]], bytes]:
    """Headers and content."""
    scope = request.scope
    scope["sic.problem"] = problem
    scope["sic.form"] = HTML.name
    head = Head(STRINGS["problem"].get(problem.slug, problem.kind.title), problem.detail, scope["path"], indexed=False)
    content = render(
        SnapshotRequest(request), "problem.html", head=head, problem=problem,
        request_id=scope["sic.request_id"].decode(), path=scope["path"],
    ).encode()  # fmt: skip
    headers = {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Length": str(len(content)),
        "Cache-Control": "no-store",
        **problem.headers,
        **hardening(POLICY),
    }
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()], content
