"""A page for people as a response: its template, what its head says, and the headers that keep it to itself."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from api import __version__
from api.formats.forms import HTML
from api.request import Body, SnapshotRequest
from api.web.environment import digest

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# Swagger UI writes styles into its own elements.
TRY_POLICY = POLICY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")

# Where commands ask when the operator has told no address; in a browser page.js puts the page's own in its place.
ASSUMED = "localhost:8000"


@dataclass(frozen=True)
class Head:
    """What search engines, chats and other programs read of a page.

    `path` is its address in the canonical spelling; `others` are (media type, path) of the same content as data.
    """

    title: str
    description: str
    path: str
    others: tuple[tuple[str, str | None], ...] = ()
    indexed: bool = True
    document: dict[str, Any] | None = None  # whose views the page's navigation names
    view: str = ""  # which of them this is


def hardening(policy: str) -> dict[str, str]:
    return {
        "Content-Security-Policy": policy,
        "Referrer-Policy": "no-referrer",
        "X-Frame-Options": "DENY",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    }


def page(request: SnapshotRequest, template: str, head: Head, **values: Any) -> Body:
    """A page; everything stored is escaped by the template engine, nothing comes from outside."""
    content = render(request, template, head=head, **values)
    links = [("alternate", path) for _, path in head.others if path]
    return Body(content, links, headers=hardening(POLICY), form=HTML)


def render(request: SnapshotRequest, template: str, **values: Any) -> str:
    public = request.settings.public_url
    context = {
        "assumed": "" if public else ASSUMED,
        "root": request.root,
        "assets": f"{request.root}/assets/{digest()}",
        "public": public,
        "base": base_url(request),
        "version": __version__,
        "snapshot": request.snapshot_id,
        "published": published(request),
        "unapplied": request.unapplied,
        "many_documents": request.documents > 1,
        "contact": request.settings.contact,
    }
    from api.web.engine import templates

    return templates().get_template(template).render(context | values)


def base_url(request: SnapshotRequest) -> str:
    """What stands before a path in a command that a reader copies. `Host` never enters a page."""
    return request.settings.public_url or f"http://{ASSUMED}{request.root}"


def published(request: SnapshotRequest) -> str:
    """When the content was published, in UTC; empty before there is content."""
    moment = request.published_at
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%M UTC") if moment else ""
