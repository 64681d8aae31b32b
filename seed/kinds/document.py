"""What document.yaml states: topics, sections, sentences without a record, and the document itself."""

import json
from bisect import bisect_left
from hashlib import sha256

from api.model.vocabularies import TitleOrigin
from seed import records
from seed.examined import CONTEXT, Examined, short
from seed.faults import Fault
from seed.sections import tiles
from seed.text import Span


def topics(doc: Examined) -> None:
    for at, topic in enumerate(doc.document.topics):
        if topic.id in doc.topics:
            doc.faults.append(doc.where.fault(f"topic {topic.id} is stated twice; keep one", "topics", at))
        doc.topics.add(topic.id)
        doc.digest.add(f"topic {topic.model_dump_json()}")
        doc.shard.add("topic", (topic.id, topic.label, topic.definition, doc.id, doc.at(doc.where, "topics", at)))


def sections(doc: Examined) -> None:
    given = doc.document.sections or [
        records.Section(id=f"{doc.id}.s1", title=doc.document.label, title_origin=TitleOrigin.editorial)
    ]
    for at, section in enumerate(doc.document.sections):
        doc.new("section", section.id, doc.where, "sections", at, "id")

    def tell(at: int, message: str, *key: str) -> None:
        doc.faults.append(doc.where.fault(message, "sections", at, *key))

    spans: list[Span] | None = [(0, len(doc.text))]
    if doc.document.sections:
        is_told_apart = len({section.id for section in given}) == len(given)
        spans = tiles(given, doc.anchors, doc.paragraphs, tell) if is_told_apart else None
    if spans is None:
        doc.anchors.divide([(0, f"{doc.id}.s1")])
        return
    parents = {section.parent for section in given}
    doc.anchors.divide([(span[0], s.id) for s, span in zip(given, spans, strict=True) if s.id not in parents])
    for at, (section, (start, end)) in enumerate(zip(given, spans, strict=True)):
        inside = doc.paragraphs[bisect_left(doc.paragraphs, (start, 0)) : bisect_left(doc.paragraphs, (end, 0))]
        blocks = [{"start": first, "end": last} for first, last in inside]
        doc.count("sections", section.model_dump_json())
        doc.shard.add(
            "section",
            (
                doc.shard.number(),
                section.id,
                doc.id,
                at + 1,
                section.parent,
                section.title,
                section.title_origin.value,
                start,
                end,
                doc.anchors.utf16(start),
                doc.anchors.utf16(end),
                doc.text[start:end],
                json.dumps(blocks),
                doc.at(doc.where, "sections", at),
            ),
        )


def sentences(doc: Examined) -> None:
    reasons: dict[int, str] = {}
    for at, unrecorded in enumerate(doc.document.unrecorded):
        doc.digest.add(f"unrecorded {unrecorded.model_dump_json(exclude=CONTEXT)}")
        if (span := doc.find(unrecorded, doc.where, "unrecorded", at)) is None:
            continue
        for ordinal in doc.anchors.sentences_of(span):
            if doc.accounted[ordinal]:
                message = f"a record rests on “{short(unrecorded.quote)}”; drop the reason why none does"
                doc.warnings.append(doc.where.fault(message, "unrecorded", at))
            else:
                reasons[ordinal] = unrecorded.reason
    for ordinal in reasons:
        doc.accounted[ordinal] = 1
    parts = sha256()
    for ordinal, (start, end) in enumerate(doc.sentences):
        words = doc.text[start:end]
        if not doc.accounted[ordinal]:
            message = f"no record rests on the sentence “{short(words)}”; add one, or a reason under `unrecorded`"
            doc.warnings.append(Fault(doc.where.file, 0, message))
        parts.update(f"{start} {end} ".encode())
        utf16 = doc.anchors.utf16
        doc.shard.add(
            "sentence",
            (
                doc.id,
                ordinal + 1,
                doc.anchors.section(start),
                start,
                end,
                utf16(start),
                utf16(end),
                words,
                reasons.get(ordinal),
            ),
        )
    doc.digest.add(f"sentences {parts.hexdigest()}")
    doc.counts["sentences"] = len(doc.sentences)


def document(doc: Examined) -> None:
    said = doc.document
    text_sha256 = sha256(doc.text.encode()).hexdigest()
    doc.digest.add(f"document {said.model_dump_json(exclude={'topics', 'sections', 'unrecorded'})} {text_sha256}")
    doc.shard.add(
        "document",
        (
            doc.shard.number(),
            doc.id,
            said.label,
            said.language,
            said.title,
            said.author,
            said.rights,
            said.note,
            said.source.file,
            said.source.sha256,
            text_sha256,
            len(doc.text),
            doc.anchors.utf16.length,
            doc.longest,
            json.dumps(doc.counts),
            doc.digest.hexdigest(),
            doc.text,
            doc.at(doc.where, "id"),
        ),
    )
