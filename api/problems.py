"""The one error shape: problem details (RFC 9457), and what each type of problem means."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from pydantic_core import to_json

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True)
class ProblemType:
    slug: str
    status: int
    title: str
    meaning: str
    remedy: str


PROBLEM_TYPES = {
    kind.slug: kind
    for kind in (
        ProblemType(
            "unknown-parameter",
            422,
            "Unknown parameter",
            "The query has a parameter that this path does not declare. It is refused rather than ignored, so that "
            "a misspelt filter never looks like an answer.",
            "Use the name in did_you_mean, or one of those in allowed.",
        ),
        ProblemType(
            "invalid-value",
            422,
            "Invalid value",
            "A parameter's value is outside what is allowed: not in its vocabulary, out of range, blank, not UTF-8, "
            "or not possible together with another parameter.",
            "Each entry of errors names the parameter, what was wrong and what is allowed.",
        ),
        ProblemType(
            "too-costly",
            422,
            "Too costly",
            "The query asks for more work, or for a longer response, than one request may cost.",
            "The detail says what to leave out: fewer words, fewer included records, a smaller page.",
        ),
        ProblemType(
            "unknown-id",
            422,
            "Unknown id",
            "A filter names a record that is not in the content served. An empty list would hide the mistake.",
            "Look the id up in its own list, for example /v1/actors; did_you_mean has the nearest one.",
        ),
        ProblemType(
            "repeated-parameter",
            422,
            "Repeated parameter",
            "A parameter that takes one value stands in the query more than once.",
            "Write it once. Parameters that take a list may be repeated or comma-separated.",
        ),
        ProblemType(
            "invalid-cursor",
            422,
            "Invalid cursor",
            "The cursor does not belong to this query: it was altered, cut off, or is from another query.",
            "Follow links.next and links.prev as they are, or start again without cursor.",
        ),
        ProblemType(
            "stale-cursor",
            422,
            "Stale cursor",
            "The content was replaced after the cursor was made; going on would mix two snapshots.",
            "Start again at the path in restart.",
        ),
        ProblemType(
            "snapshot-not-served",
            404,
            "Snapshot not served",
            "The request asks for a state of the content that is not the one served.",
            "The current snapshot is in the member snapshot; leave the parameter out to use it.",
        ),
        ProblemType(
            "not-found",
            404,
            "Not found",
            "There is nothing at this path.",
            "GET /v1 lists what is here.",
        ),
        ProblemType(
            "method-not-allowed",
            405,
            "Method not allowed",
            "sic is read-only: every path answers GET, HEAD and OPTIONS, and nothing else.",
            "Use one of the methods in the Allow header.",
        ),
        ProblemType(
            "not-acceptable",
            406,
            "Not acceptable",
            "Nothing that this path can send satisfies the Accept header.",
            "Ask for one of the media types in available, or leave Accept out.",
        ),
        ProblemType(
            "uri-too-long",
            414,
            "URI too long",
            "Path and query together are longer than 8 KiB.",
            "Split the query into several requests.",
        ),
        ProblemType(
            "unavailable",
            503,
            "Unavailable",
            "The service cannot answer now: it is starting, its database is away, or it has too many requests.",
            "Try again after the seconds in Retry-After.",
        ),
        ProblemType(
            "internal",
            500,
            "Internal error",
            "Something failed that should not have. The details are in the server's log under this request_id.",
            "Try again; if it stays, send the request_id to whoever runs the service.",
        ),
    )
}


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong with a query."""

    slug: str
    parameter: str
    detail: str
    allowed: Sequence[str] | None = None
    did_you_mean: str | None = None

    def __post_init__(self) -> None:
        if self.allowed is not None:
            object.__setattr__(self, "allowed", tuple(self.allowed))  # faults are compared with one another


@dataclass(eq=False)
class Problem(Exception):
    """Any code may raise it; it becomes the response. `members` are added to those of RFC 9457."""

    slug: str
    detail: str
    faults: tuple[Fault, ...] = ()
    members: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> ProblemType:
        return PROBLEM_TYPES[self.slug]

    def body(self, *, root: str, instance: str, request_id: str) -> bytes:
        """The problem as JSON. `root` is the prefix of paths, `instance` the path of the request."""
        content: dict[str, Any] = {
            "type": f"{root}/problems/{self.slug}",
            "title": self.kind.title,
            "status": self.kind.status,
            "detail": self.detail,
            "instance": instance,
            "request_id": request_id,
        }
        if self.faults:
            names = ("parameter", "detail", "allowed", "did_you_mean")
            content["errors"] = [{name: getattr(fault, name) for name in names} for fault in self.faults]
        return to_json({**content, **self.members})


MOST_FAULTS = 100  # listed in one problem


def bad_query(faults: Iterable[Fault]) -> Problem:
    """All faults of a query in one problem; its type is that of the first fault."""
    listed = tuple(faults)
    more = f" ({len(listed)} faults in all)" if len(listed) > 1 else ""
    return Problem(listed[0].slug, listed[0].detail + more, listed[:MOST_FAULTS])


def nearest(text: str, words: Iterable[str]) -> str | None:
    """The word that is most like the text: by spelling, or else the shortest that contains the text."""
    words = list(words)
    text = text[:64]
    if matches := get_close_matches(text, words, n=1, cutoff=0.6):
        return matches[0]
    containing = [word for word in words if len(text) > 3 and text.casefold() in word.casefold()]
    return min(containing, key=len, default=None)
