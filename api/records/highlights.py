"""Where the words of a query stand in a record's own strings: ranges, no markup."""

from collections.abc import Iterator, Sequence

from api.formats.tabular import value_at
from api.model.kinds import KINDS
from api.records.reader import Record
from api.search import Index, Terms


def add_highlights(index: Index, terms: Terms, records: Sequence[Record]) -> None:
    """Adds `highlights` to each record: ranges by the dotted path of their string."""
    for record in records:
        strings = dict(_strings(record))
        record["highlights"] = [
            {
                "field": each["field"],
                "start": each["start"],
                "end": each["end"],
                "utf16": {"start": each["utf16_start"], "end": each["utf16_end"]},
            }
            for each in index.highlight(terms, strings)
        ]


def _strings(record: Record) -> Iterator[tuple[str, str]]:
    """(dotted path, string) of each searched text that the record shows."""
    for text in KINDS[record["kind"]].texts:
        list_path, star, rest = text.path.partition(".*")
        if star:
            for place, item in enumerate(value_at(record, list_path)):
                path = rest.removeprefix(".")
                yield f"{list_path}.{place}{rest}", value_at(item, path) if path else item
        elif text.path.partition(".")[0] in record and (value := value_at(record, text.path)) is not None:
            yield text.path, value
