"""The fields of the text index, derived from what each kind declares.

Every kind has an index of its own, so that the rarity of a word and the length of a record are measured among records
of the same kind: one section beside the forty claims in it would otherwise change the order of the claims.
"""

from sqlalchemy import Integer
from tantivy import Index as Tantivy
from tantivy import Schema, SchemaBuilder, TextAnalyzerBuilder, Tokenizer

from api.model.declaration import Kind
from api.model.kinds import KINDS

TEXT, WORDS, TITLE = "text", "words", "title_text"
WORDING = "wording"  # every word of a document in its folded form, for resolving quotations
OWN = ("sequence", "rank", "id", "earliest", "latest", "kind", TEXT, WORDS, TITLE, WORDING)


def sort_field(kind: Kind, sort: str) -> str:
    """The field that a key of `sort` compares."""
    if sort in ("position", "id"):
        return "sequence" if sort == "position" else "rank"
    for name, column in kind.bounds.items():
        if kind.sort_columns[sort] is column:
            return name
    return f"sort_{sort}"


def schema(kind: Kind) -> Schema:
    builder = SchemaBuilder()
    builder.add_text_field("id", tokenizer_name="raw", index_option="basic")
    for name in ("sequence", "rank"):  # unsigned fields would stop the writer's thread
        builder.add_integer_field(name, fast=True, indexed=name == "sequence")
    for name in kind.index_filters:
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=True)
    for name in kind.bounds:
        builder.add_integer_field(name, fast=True, indexed=True)
    for sort in kind.sorts:
        field = sort_field(kind, sort)
        if field in OWN:
            continue
        if isinstance(kind.sort_columns[sort].type, Integer):
            builder.add_integer_field(field, fast=True)
        else:
            builder.add_text_field(field, tokenizer_name="raw", index_option="basic", fast=True)
    if kind.searchable:
        builder.add_text_field(TEXT, tokenizer_name="terms", index_option="position")
        builder.add_text_field(WORDS, tokenizer_name="terms", index_option="basic")
        if kind.ranking.title:
            builder.add_text_field(TITLE, tokenizer_name="terms", index_option="freq")
    if kind.wording is not None:
        builder.add_text_field(WORDING, tokenizer_name="terms", index_option="position")
    return builder.build()


def lexicon() -> Schema:
    """The words of all kinds and the names of records, each one document: for forgiveness and type-ahead."""
    builder = SchemaBuilder()
    builder.add_text_field("word", tokenizer_name="raw", index_option="basic")  # of words only
    builder.add_text_field("first", tokenizer_name="raw", index_option="basic")  # letter of a word
    builder.add_text_field("whole", tokenizer_name="raw", index_option="basic")  # of names only, all words
    builder.add_text_field("parts", tokenizer_name="terms", index_option="basic")  # of names and words alike
    builder.add_text_field("document", tokenizer_name="raw", index_option="basic")  # of names only
    builder.add_text_field("kind", tokenizer_name="raw", index_option="basic", stored=True)  # "word" for a word
    builder.add_text_field("id", tokenizer_name="raw", index_option="basic", stored=True)
    builder.add_text_field("label", tokenizer_name="raw", index_option="basic", stored=True)
    builder.add_integer_field("count", fast=True, stored=True)
    builder.add_integer_field("rank", fast=True)
    return builder.build()


def registered(index: Tantivy) -> Tantivy:
    """The index with the analyzer that its fields name. Terms are made in `words`; white space separates them."""
    index.register_tokenizer("terms", TextAnalyzerBuilder(Tokenizer.whitespace()).build())
    index.config_reader("manual")  # an index never changes: no thread has to watch it
    index.reload()
    return index


def day_number(day: str) -> int:
    """An ISO 8601 day as an integer in calendar order: 1994-05-12 is 19940512."""
    year, month, rest = day.lstrip("-").split("-")
    sign = -1 if day.startswith("-") else 1
    return sign * int(year) * 10_000 + int(month) * 100 + int(rest)


if faults := [
    f"kind {kind.name} has the filter {name}, which is the name of a field of the text index"
    for kind in KINDS.values()
    for name in kind.index_filters
    if name in OWN or name.startswith("sort_")
]:
    raise RuntimeError("; ".join(faults))
