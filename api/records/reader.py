"""Reading records of a snapshot: a session, and the prefix of every path in the response."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Integer, Select, literal_column, select, union_all
from sqlmodel import Session

from api.content.rows import Statement, rows
from api.content.statements import among
from api.model.columns import Content, columns
from api.model.declaration import Kind
from api.model.kinds import KINDS

Record = dict[str, Any]


@dataclass(frozen=True)
class Reader:
    session: Session
    root: str

    def rows(self, statement: Statement, **values: Any) -> Sequence[Any]:
        return rows(self.session, statement, **values)

    def lists(self, owners: Sequence[int], *links: type[Content]) -> list[dict[int, list[Any]]]:
        """For each link table, the ordered list of every owner (a sequence). One statement for all."""
        lists: list[dict[int, list[Any]]] = [{} for _ in links]
        if owners:
            for which, owner, _, value in sorted(map(tuple, self.rows(_linked(links), owners=owners))):
                lists[which].setdefault(owner, []).append(value)
        return lists

    def source(self, row: Any) -> Record:
        """The source of a row that rests on a passage."""
        return {
            "document": row.document,
            "section": row.section,
            "quote": row.quote,
            "start": row.start,
            "end": row.end,
            "utf16": {"start": row.utf16_start, "end": row.utf16_end},
            "prefix": row.prefix,
            "suffix": row.suffix,
            "href": f"{self.root}/v1/documents/{row.document}/spans?end={row.end}&start={row.start}",
        }

    def links(self, name: str, row: Any) -> Record:
        """Paths of a record of the kind of this name, and of its words if it has some."""
        kind = KINDS[name]
        path = f"{kind.plural}/{row.id}"
        links = {
            "self": f"{self.root}/v1/{path}",
            "page": f"{self.root}/{path}",
            "cite": f"{self.root}/v1/{path}/citation.bib" if kind.citable else None,
            "text": None,
            "spans": None,
        }
        if getattr(row, "start", None) is not None:
            links["text"] = f"{self.root}/v1/documents/{row.document}/text?end={row.end}&start={row.start}"
            links["spans"] = f"{self.root}/v1/documents/{row.document}/spans?end={row.end}&start={row.start}"
        return links


@cache
def _linked(links: tuple[type[Content], ...]) -> Statement:
    """(which, owner, ordinal, value) of link tables, whose columns are owner, ordinal and value in this order."""
    parts = []
    for which, link in enumerate(links):
        owner, ordinal, value = list(columns(link))[:3]
        number = literal_column(str(which), Integer).label("which")
        selected = select(number, owner.label("owner"), ordinal.label("ordinal"), value.label("value"))
        parts.append(selected.where(among(owner, "owners")))
    return union_all(*parts) if len(parts) > 1 else parts[0]


@cache
def every(kind: Kind, whole: bool = False) -> Select[*tuple[Any, ...]]:
    """All records of a kind. Long texts are read only for single records and files (`whole`)."""
    left_out = {*kind.unread, *(() if whole else kind.unlisted)}
    return select(*(column for column in kind.table.c if column.key not in left_out))


@cache
def _among(kind: Kind, column: str, whole: bool) -> Select[*tuple[Any, ...]]:
    return every(kind, whole).where(among(kind.table.c[column], "wanted")).order_by(kind.table.c.sequence)


def by_sequence(reader: Reader, kind: Kind, sequences: Iterable[int], whole: bool = False) -> Sequence[Any]:
    """Rows of a kind by their sequence, in document order."""
    wanted = sorted(set(sequences))
    return reader.rows(_among(kind, "sequence", whole), wanted=wanted) if wanted else ()


def by_id(reader: Reader, kind: Kind, ids: Iterable[str], whole: bool = False) -> Sequence[Any]:
    """Rows of a kind by their id, in document order."""
    wanted = sorted(set(ids))
    return reader.rows(_among(kind, "id", whole), wanted=wanted) if wanted else ()
