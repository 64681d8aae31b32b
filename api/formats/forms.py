"""The forms of a response: one entry each, from which paths, negotiation, headers and OpenAPI follow."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from api.formats.tabular import csv_lines, json_lines

Record = dict[str, Any]


@dataclass(frozen=True)
class Form:
    """`suffix` ends the path of the form; `write` turns records into bytes, where the form is a file of records."""

    name: str
    media_type: str
    suffix: str = ""
    parameters: str = ""  # of the Content-Type
    aliases: tuple[str, ...] = ()  # other names that clients use in Accept
    description: str = ""
    write: Callable[[Sequence[str], Iterable[Record], bool], bytes] | None = None
    has_columns: bool = False  # a file with the same columns for every record

    @property
    def content_type(self) -> str:
        return self.media_type + self.parameters


ENTRIES = (
    Form("json", "application/json"),
    Form(
        "jsonld",
        "application/ld+json",
        suffix=".jsonld",
        parameters='; profile="http://www.w3.org/ns/anno.jsonld"',
        description="W3C Web Annotations.",
    ),
    Form(
        "csv",
        "text/csv",
        suffix=".csv",
        parameters="; charset=utf-8; header=present",
        description="RFC 4180, with a header line. A cell that a spreadsheet would run begins with an apostrophe.",
        write=csv_lines,
        has_columns=True,
    ),
    Form(
        "jsonl",
        "application/jsonl",
        suffix=".jsonl",
        aliases=("application/x-ndjson", "application/ndjson"),
        description="One JSON record on each line.",
        write=json_lines,
    ),
    Form("text", "text/plain", suffix="/text", parameters="; charset=utf-8"),
    Form("llms", "text/plain", suffix=".txt", parameters="; charset=utf-8"),
    Form("html", "text/html", parameters="; charset=utf-8"),
    Form("bib", "application/x-bibtex", suffix=".bib", parameters="; charset=utf-8", description="BibTeX."),
    Form("ris", "application/x-research-info-systems", suffix=".ris", parameters="; charset=utf-8", description="RIS."),
    Form("csl", "application/vnd.citationstyles.csl+json", suffix=".csl.json", description="CSL-JSON, one item."),
)

FORMS = {form.name: form for form in ENTRIES}
FILES = tuple(form for form in ENTRIES if form.write is not None)

# The forms that code names.
JSON, JSONLD, CSV, HTML = FORMS["json"], FORMS["jsonld"], FORMS["csv"], FORMS["html"]
BIB, RIS, CSL = FORMS["bib"], FORMS["ris"], FORMS["csl"]


def form_of(template: str) -> Form:
    """The form of a route by its path."""
    return next((form for form in FORMS.values() if form.suffix and template.endswith(form.suffix)), JSON)
