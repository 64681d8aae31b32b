"""The one error shape: RFC 9457 problem details, and the page behind each type."""

from collections.abc import Iterable, Mapping
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
            "The question has a parameter that this path does not declare. It is refused rather than ignored, so that "
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
            "A parameter that takes one value was given more than once.",
            "Give it once. Parameters that take a list may be repeated or comma-separated.",
        ),
        ProblemType(
            "invalid-cursor",
            422,
            "Invalid cursor",
            "The cursor is not one that this question was given: altered, cut off, or from another question.",
            "Follow links.next and links.prev as they are, or start again without cursor.",
        ),
        ProblemType(
            "stale-cursor",
            422,
            "Stale cursor",
            "The content was replaced since the cursor was given; going on would mix two snapshots.",
            "Start again at the path in restart.",
        ),
        ProblemType(
            "snapshot-not-served",
            404,
            "Snapshot not served",
            "The question asks for a state of the content that is not the one served.",
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
            "Ask in several requests.",
        ),
        ProblemType(
            "unavailable",
            503,
            "Unavailable",
            "It cannot answer now: it is starting, its database is away, or it is asked more than it takes on.",
            "Try again after the seconds in Retry-After.",
        ),
        ProblemType(
            "internal",
            500,
            "Internal error",
            "Something failed that should not have. The details are in the server's log under this request_id.",
            "Try again; if it stays, tell whoever runs the service the request_id.",
        ),
    )
}


@dataclass(frozen=True)
class Fault:
    """One thing wrong with a question."""

    slug: str
    parameter: str
    detail: str
    allowed: list[str] | None = None
    did_you_mean: str | None = None


@dataclass(eq=False)
class Problem(Exception):
    """Raise it from anywhere; the edge writes it as an answer."""

    slug: str
    detail: str
    faults: tuple[Fault, ...] = ()
    members: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> ProblemType:
        return PROBLEM_TYPES[self.slug]

    def body(self, *, root: str, instance: str, request_id: str) -> bytes:
        content: dict[str, Any] = {
            "type": f"{root}/problems/{self.slug}",
            "title": self.kind.title,
            "status": self.kind.status,
            "detail": self.detail,
            "instance": instance,
            "request_id": request_id,
        }
        if self.faults:
            content["errors"] = [
                {
                    "parameter": fault.parameter,
                    "detail": fault.detail,
                    "allowed": fault.allowed,
                    "did_you_mean": fault.did_you_mean,
                }
                for fault in self.faults
            ]
        return to_json({**content, **self.members})


def bad_question(faults: Iterable[Fault]) -> Problem:
    """All that is wrong with a question, in one problem; its type is that of the first fault."""
    told = tuple(faults)
    more = f" ({len(told)} faults in all)" if len(told) > 1 else ""
    return Problem(told[0].slug, told[0].detail + more, told)


def nearest(word: str, known: Iterable[str]) -> str | None:
    matches = get_close_matches(word[:64], list(known), n=1, cutoff=0.6)
    return matches[0] if matches else None
