"""What language models read of this service (https://llmstxt.org): in short, and in full."""

from enum import Enum

from api.model.vocabularies import VOCABULARIES
from api.request import SnapshotRequest
from api.web.cookbook import COOKBOOK
from api.web.page import render
from api.web.reference import subjects


def text(request: SnapshotRequest) -> str:
    values = {name: [str(term.value) for term in vocabulary] for name, vocabulary in VOCABULARIES.items()}
    return render(request, "llms.txt", values=values)


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
