"""503: what cannot be answered now, and in how many seconds to come back (RFC 9110, 10.2.3)."""

from dataclasses import dataclass

from api.problems import Problem

OVERLOADED = "this process is asked more than it takes on"


@dataclass(eq=False)
class Unavailable(Problem):
    """`reason` is its label in /metrics."""

    reason: str = ""


def unavailable(reason: str, detail: str = OVERLOADED, seconds: int = 1) -> Unavailable:
    return Unavailable("unavailable", detail, headers={"Retry-After": str(seconds)}, reason=reason)


def overdue() -> Unavailable:
    """The answer was not made within SIC_REQUEST_SECONDS."""
    return unavailable("deadline", "the answer takes longer than this service allows", 5)
