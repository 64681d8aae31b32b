"""Pages that explain words: what each error means, and what each value of a vocabulary means."""

from collections.abc import Sequence
from typing import Any

from api.problems import PROBLEM_TYPES, ProblemType
from api.request import Body, SnapshotRequest
from api.web.environment import STRINGS
from api.web.page import Head, page

Record = dict[str, Any]
WORDS = STRINGS["terms"]


def problem_type(request: SnapshotRequest, kind: ProblemType) -> Body:
    head = Head(f"{kind.title} ({kind.status})", kind.meaning, request.path)
    return _page(request, head, [(WORDS["remedy"], "", [(kind.slug, "", kind.remedy)])])


def problem_types(request: SnapshotRequest) -> Body:
    head = Head(WORDS["problems"], WORDS["problems_lead"], request.path)
    terms = [
        (kind.slug, f"{request.root}/problems/{kind.slug}", f"{kind.status}. {kind.meaning}")
        for kind in PROBLEM_TYPES.values()
    ]
    return _page(request, head, [("", "", terms)])


def vocabularies(request: SnapshotRequest, records: Sequence[Record]) -> Body:
    head = Head(WORDS["vocabularies"], WORDS["vocabularies_lead"], request.path)
    return _page(request, head, [(record["id"], record["links"]["self"], _terms(record)) for record in records])


def vocabulary(request: SnapshotRequest, record: Record) -> Body:
    head = Head(record["id"], WORDS["vocabularies_lead"], request.path)
    return _page(request, head, [("", "", _terms(record))])


def _terms(record: Record) -> list[tuple[str, str, str]]:
    return [(term["value"], "", term["definition"]) for term in record["terms"]]


def _page(request: SnapshotRequest, head: Head, groups: list[tuple[str, str, list[tuple[str, str, str]]]]) -> Body:
    return page(request, "terms.html", head, groups=groups)
