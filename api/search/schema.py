"""What is indexed of each kind, and under which names.

Every kind has an index of its own, so that a word's rarity and a record's length are measured among its peers:
one record of text beside forty claims in it would otherwise change how the claims rank.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from tantivy import Index as Tantivy
from tantivy import Schema, SchemaBuilder, TextAnalyzerBuilder, Tokenizer

FORMAT = "3"  # of the index; part of its directory's name

TEXT, WORDS, TITLE = "text", "words", "title_text"
WORDING = "wording"  # every word of a document as it stands, for finding quotations


@dataclass(frozen=True)
class Kind:
    """`filters` are matched exactly and counted as facets; `orders` maps a sort key to the field it compares."""

    filters: tuple[str, ...]
    orders: Mapping[str, str]
    titled: float = 0.0  # weight of a word of its title or name beside that of the word in its text
    weight: float = 1.0  # of its hits among those of other kinds
    searchable: bool = True
    dated: bool = False
    quotable: bool = False

    @property
    def numbers(self) -> tuple[str, ...]:
        days = ("earliest", "latest") if self.dated else ()
        return (*dict.fromkeys(field for field in (*self.orders.values(), *days) if field != "name"),)


COMMON = {"sequence": "sequence", "id": "rank"}
NAMED = {**COMMON, "name": "name", "mention_count": "mention_count"}

KINDS: dict[str, Kind] = {
    "actor": Kind(("document", "category"), NAMED, titled=1.0),
    "claim": Kind(
        (
            *("document", "section", "type", "mode", "speaker", "hedged"),
            *("actor", "place", "topic", "obstacle", "has_quantity"),
        ),
        COMMON,
    ),
    "document": Kind(("document",), COMMON, titled=0.3, weight=0.7, quotable=True),
    "event": Kind(
        ("document", "section", "category", "status", "actor", "place", "basis"),
        {**COMMON, "date": "earliest"},
        titled=0.3,
        dated=True,
    ),
    "obstacle": Kind(("document", "section", "actor", "number"), {**COMMON, "number": "ordinal"}, titled=0.3),
    "place": Kind(("document", "category"), NAMED, titled=1.0),
    "position": Kind(("document", "section", "obstacle", "actor"), COMMON),
    "relation": Kind(("document", "claim", "from", "to", "type", "basis"), COMMON, searchable=False),
    "section": Kind(("document", "section", "parent"), {**COMMON, "title": "name"}, titled=0.3, weight=0.4),
}


def schema(kind: Kind) -> Schema:
    builder = SchemaBuilder()
    builder.add_text_field("id", tokenizer_name="raw", index_option="basic")
    for name in kind.filters:
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=True)
    if "name" in kind.orders.values():
        builder.add_text_field("name", tokenizer_name="raw", index_option="basic", fast=True)
    for name in kind.numbers:  # unsigned fields would stop the writer's thread
        builder.add_integer_field(name, fast=True, indexed=name in ("sequence", "earliest", "latest"))
    if kind.searchable:
        builder.add_text_field(TEXT, tokenizer_name="terms", index_option="position")
        builder.add_text_field(WORDS, tokenizer_name="terms", index_option="basic")
        if kind.titled:
            builder.add_text_field(TITLE, tokenizer_name="terms", index_option="freq")
    if kind.quotable:
        builder.add_text_field(WORDING, tokenizer_name="terms", index_option="position")
    return builder.build()


def lexicon() -> Schema:
    """The words of all kinds and the names of things, each one document: for forgiveness and type-ahead."""
    builder = SchemaBuilder()
    builder.add_text_field("word", tokenizer_name="raw", index_option="basic")  # of words only
    builder.add_text_field("first", tokenizer_name="raw", index_option="basic")  # letter of a word
    builder.add_text_field("whole", tokenizer_name="raw", index_option="basic")  # of names only, all words
    builder.add_text_field("parts", tokenizer_name="terms", index_option="basic")  # of names and words alike
    builder.add_text_field("kind", tokenizer_name="raw", index_option="basic", stored=True)  # "word" for a word
    builder.add_text_field("id", tokenizer_name="raw", index_option="basic", stored=True)
    builder.add_text_field("label", tokenizer_name="raw", index_option="basic", stored=True)
    builder.add_integer_field("count", fast=True, stored=True)
    builder.add_integer_field("rank", fast=True)
    return builder.build()


def registered(index: Tantivy) -> Tantivy:
    """An index with the analyzer that its fields name; terms are made in `words`, so that white space parts them."""
    index.register_tokenizer("terms", TextAnalyzerBuilder(Tokenizer.whitespace()).build())
    index.config_reader("manual")  # an index never changes: no thread has to watch it
    index.reload()
    return index


def day_number(day: str) -> int:
    """An ISO 8601 day as an integer in calendar order: 1994-05-12 is 19940512."""
    year, month, rest = day.lstrip("-").split("-")
    sign = -1 if day.startswith("-") else 1
    return sign * int(year) * 10_000 + int(month) * 100 + int(rest)
