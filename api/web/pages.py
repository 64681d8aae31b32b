"""The readable pages: problems, vocabularies, the docs. Everything stored is escaped; nothing comes from outside."""

from collections.abc import Iterable
from html import escape
from importlib.resources import files
from typing import Any

from api.formats.forms import HTML
from api.problems import PROBLEM_TYPES, ProblemType
from api.request import Body

WEB = files("api.web")
Record = dict[str, Any]

ASSETS = {
    "page.css": ("page.css", "text/css; charset=utf-8"),
    "swagger-ui.css": ("swagger-ui/swagger-ui.css", "text/css; charset=utf-8"),
    "swagger-ui-bundle.js": ("swagger-ui/swagger-ui-bundle.js", "text/javascript; charset=utf-8"),
    "init.js": ("swagger-ui/init.js", "text/javascript; charset=utf-8"),
}
READER_ASSETS = {
    "reader.css": "text/css; charset=utf-8",
    **dict.fromkeys(
        (
            f"{name}.js"
            for name in ("address", "asking", "elements", "panel", "reader", "records", "suggestions", "text")
        ),
        "text/javascript; charset=utf-8",
    ),
}
POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
DOCS_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
# An image is the empty icon alone: without one browsers ask for /favicon.ico and report that the policy forbids it.
READER_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def hardening(policy: str) -> dict[str, str]:
    return {
        "Content-Security-Policy": policy,
        "Referrer-Policy": "no-referrer",
        "X-Frame-Options": "DENY",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    }


def html(page: str, policy: str = POLICY) -> Body:
    """A page as a response, with the headers that keep it to itself."""
    return Body(page, headers=hardening(policy), form=HTML)


def page(root: str, title: str, content: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{escape(title)} · sic</title><link rel="stylesheet" href="{escape(root)}/docs/page.css"></head>'
        f'<body><nav aria-label="sic"><a href="{escape(root)}/v1">sic</a> · '
        f'<a href="{escape(root)}/docs">docs</a> · <a href="{escape(root)}/v1/vocabularies">vocabularies</a> · '
        f'<a href="{escape(root)}/problems">problems</a></nav>'
        f"<main><h1>{escape(title)}</h1>{content}</main>"
        "<footer>sic reports what a document says. It asserts nothing itself.</footer></body></html>"
    )


def problem_page(root: str, kind: ProblemType) -> str:
    return page(
        root,
        f"{kind.title} ({kind.status})",
        f"<p>{escape(kind.meaning)}</p><h2>How to mend it</h2><p>{escape(kind.remedy)}</p>"
        f"<p><code>type: {escape(root)}/problems/{kind.slug}</code></p>",
    )


def problems_page(root: str) -> str:
    items = "".join(
        f'<dt><a href="{escape(root)}/problems/{kind.slug}">{kind.slug}</a> ({kind.status})</dt>'
        f"<dd>{escape(kind.meaning)}</dd>"
        for kind in PROBLEM_TYPES.values()
    )
    return page(
        root, "Problems", f"<p>Every error is <code>application/problem+json</code> (RFC 9457).</p><dl>{items}</dl>"
    )


def vocabularies_page(root: str, vocabularies: Iterable[Record]) -> str:
    items = "".join(
        f'<h2><a href="{escape(item["links"]["self"])}">{escape(item["id"])}</a></h2>{_terms(item)}'
        for item in vocabularies
    )
    return page(root, "Vocabularies", items)


def vocabulary_page(root: str, vocabulary: Record) -> str:
    return page(root, vocabulary["id"], _terms(vocabulary))


def _terms(vocabulary: Record) -> str:
    terms = "".join(
        f"<dt><code>{escape(term['value'])}</code></dt><dd>{escape(term['definition'])}</dd>"
        for term in vocabulary["terms"]
    )
    return f"<dl>{terms}</dl>"


def docs_page(root: str) -> str:
    at = escape(root)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><title>sic: the contract</title>'
        f'<link rel="icon" href="data:,"><link rel="stylesheet" href="{at}/docs/swagger-ui.css"></head><body>'
        f'<div id="docs"></div><script src="{at}/docs/swagger-ui-bundle.js"></script>'
        f'<script src="{at}/docs/init.js" data-contract="{at}/openapi.json"></script></body></html>'
    )


def reader_page(root: str) -> str:
    """A shell: what it shows, its script asks the API for."""
    return (WEB / "reader.html").read_text(encoding="utf-8").replace("ROOT", escape(root))


def llms(root: str) -> str:
    """https://llmstxt.org"""
    return (WEB / "llms.txt").read_text(encoding="utf-8").replace("ROOT", root)
