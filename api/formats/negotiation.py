"""`Accept` on a bare path selects the path of another form (RFC 9110, 12.5.1)."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from starlette.routing import BaseRoute, Match, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from api.formats.forms import FORMS, HTML, JSON, form_of
from api.model.kinds import KINDS

WEIGHT = re.compile(r"0?\.[0-9]{1,3}|[01](\.[0-9]{0,3})?")
PROBLEM = "application/problem+json"

Ranges = tuple[tuple[str, float], ...]


@lru_cache(maxsize=1000)
def ranges(accept: str) -> Ranges:
    """Media ranges in lower case with their weights, as clients write them (`.2` too)."""
    parsed = []
    for part in accept.split(","):
        name, *parameters = (piece.strip().lower() for piece in part.split(";"))
        weight = next((piece[2:].strip() for piece in parameters if piece.startswith("q=")), "1")
        parsed.append(("*/*" if name == "*" else name, float(weight) if WEIGHT.fullmatch(weight) else 0.0))
    return tuple(parsed)


def negotiate(accept: str, offered: Iterable[str]) -> str | None:
    """The best of the offered forms, or None. Between equal weights a type that is named wins over a wildcard.

    A client that accepts nothing but problem documents gets the first form.
    """
    names = list(offered)
    accepted = ranges(accept)
    best = max(names, key=lambda name: _preference(name, accepted))
    if _preference(best, accepted)[0] > 0:
        return best
    return names[0] if any(name == PROBLEM and weight for name, weight in accepted) else None


def _preference(name: str, accepted: Ranges) -> tuple[float, int]:
    """Weight, and how exactly the form is named."""
    form = FORMS[name]
    kind = form.media_type.partition("/")[0]
    for exactness, patterns in ((2, (form.media_type, *form.aliases)), (1, (f"{kind}/*",)), (0, ("*/*",))):
        weights = [weight for range, weight in accepted if range in patterns]
        if weights:
            return max(weights), exactness
    return 0.0, 0


class Negotiation:
    """ASGI middleware: moves a request to the path of the form that its Accept header prefers.

    Where no form is acceptable it puts the media types into `sic.available`, since an invalid query is reported first.
    """

    def __init__(self, app: ASGIApp, routes: list[BaseRoute], pages: Mapping[str, str]) -> None:
        self.app = app
        self._routes = [route for route in routes if isinstance(route, Route)]
        contract = [route.path for route in self._routes if route.include_in_schema]
        self._offered = offered_forms(contract, pages)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        accept = scope["sic.accept"] if scope["type"] == "http" else ""
        if accept not in ("", "*/*"):
            self._choose(scope, accept)
        await self.app(scope, receive, send)

    def _choose(self, scope: Scope, accept: str) -> None:
        template = next((route.path for route in self._routes if route.matches(scope)[0] is Match.FULL), None)
        offered = self._offered.get(template or "")
        if offered is None:
            return
        name = negotiate(accept, offered)
        if name is None:
            scope["sic.available"] = [FORMS[each].media_type for each in offered]
        elif ending := offered[name]:
            scope["path"] += ending
        elif name == HTML.name:
            scope["sic.form"] = name


def offered_forms(templates: list[str], pages: Mapping[str, str]) -> Mapping[str, Mapping[str, str]]:
    """For each bare path, its forms with what their paths add to it; a path that ends in a form ignores Accept.

    `pages` are the bare paths that have a page, too, with what its path adds.
    """
    known = set(templates)
    annotated = {f"{kind.path}/{{id}}" for kind in KINDS.values() if kind.annotation}
    offered: dict[str, dict[str, str]] = {}
    for template in templates:
        own = form_of(template)
        if own is not JSON:
            if own.suffix == "/text":
                offered[template] = {own.name: ""}
            continue
        forms = {JSON.name: ""}
        forms |= {form.name: form.suffix for form in FORMS.values() if form.suffix and template + form.suffix in known}
        forms.pop("text", None)
        if template in pages:
            forms[HTML.name] = pages[template]
        if template in annotated:
            forms["jsonld"] = "/annotation.jsonld"
        offered[template] = forms
    return offered
