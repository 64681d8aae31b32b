"""What language models read of this service (https://llmstxt.org): in short, and in full."""

from enum import Enum

from sqlalchemy import select

from api.model.columns import columns
from api.model.tables import Topic
from api.model.vocabularies import VOCABULARIES
from api.records.lists import reading
from api.request import SnapshotRequest
from api.web.cookbook import COOKBOOK
from api.web.page import render
from api.web.reference import subjects

TOPIC = columns(Topic)
MOST_TOPICS = 30


def text(request: SnapshotRequest) -> str:
    values = {name: [str(term.value) for term in vocabulary] for name, vocabulary in VOCABULARIES.items()}
    topics: list[str] = []
    if request.snapshot_id != "none":
        with reading(request) as reader:
            rows = reader.rows(select(TOPIC.id).order_by(TOPIC.id).limit(MOST_TOPICS))
            topics = [row.id for row in rows]
    return render(request, "llms.txt", values=values, topics=topics)


def full_text(request: SnapshotRequest) -> str:
    """The short text, the vocabularies with their definitions, every parameter, and the cookbook."""
    parts = [text(request), "\n## Vocabularies\n"]
    parts += [f"\n{name}\n" + "".join(map(_term, vocabulary)) for name, vocabulary in VOCABULARIES.items()]
    parts.append("\n## Paths and parameters\n")
    for subject in subjects(request.contract).values():
        for operation in subject.operations:
            parts.append(f"\nGET {request.root}{operation.path}: {operation.description}\n")
            for group, parameters in operation.groups:
                names = ", ".join(name for each in parameters for name in (each.name, *each.also))
                parts.append(f"- {group}: {names}\n")
    if COOKBOOK.exists():
        parts.append("\n" + COOKBOOK.read_text(encoding="utf-8"))
    return "".join(parts)


def _term(term: Enum) -> str:
    return f"- {term.value}: {getattr(term, 'definition', '')}\n"
