"""What document.yaml states: topics, sections, sentences without a record, and the document itself."""

from bisect import bisect_left
from hashlib import sha256

from api.model.vocabularies import TitleOrigin
from seed import records
from seed.draft import Draft
from seed.faults import Fault, short
from seed.sections import tiles
from seed.text import Span


def topics(draft: Draft) -> None:
    for at, topic in enumerate(draft.document.topics):
        if topic.id in draft.topics:
            draft.fault(f"topic {topic.id} is stated twice; keep one", draft.where, "topics", at)
        draft.topics.add(topic.id)
        draft.stage("topic", draft.where, topic.__dict__.copy(), "topics", at)


def sections(draft: Draft) -> None:
    stated = draft.document.sections or [
        records.Section(id=f"{draft.id}.s1", title=draft.document.label, title_origin=TitleOrigin.editorial)
    ]
    for at, section in enumerate(draft.document.sections):
        draft.own_id("section", section.id, draft.where, "sections", at, "id")
        if section.title_origin == TitleOrigin.source:
            draft.stands("title", section.title, draft.where, "sections", at, "title")
    spans = _spans(draft, stated)
    if spans is None:
        draft.anchors.divide([(0, stated[0].id)])
        return
    parents = {section.parent for section in stated}
    draft.anchors.divide([(span[0], s.id) for s, span in zip(stated, spans, strict=True) if s.id not in parents])
    for at, (section, (start, end)) in enumerate(zip(stated, spans, strict=True)):
        inside = draft.paragraphs[bisect_left(draft.paragraphs, (start, 0)) : bisect_left(draft.paragraphs, (end, 0))]
        derived = {
            "ordinal": at + 1,
            "text": draft.text[start:end],
            "paragraphs": [{"start": first, "end": last} for first, last in inside],
        }
        draft.stage(
            "section", draft.where, section.__dict__ | draft.anchors.offsets((start, end)) | derived, "sections", at
        )


def _spans(draft: Draft, stated: list[records.Section]) -> list[Span] | None:
    if not draft.document.sections:
        return [(0, len(draft.text))]
    if len({section.id for section in stated}) < len(stated):
        return None

    def fault(at: int, message: str, *key: str) -> None:
        draft.fault(message, draft.where, "sections", at, *key)

    return tiles(stated, draft.anchors, draft.paragraphs, fault)


def sentences(draft: Draft) -> None:
    reasons: dict[int, str] = {}
    for at, unrecorded in enumerate(draft.document.unrecorded):
        if (span := draft.locate(unrecorded, draft.where, "unrecorded", at)) is None:
            continue
        for number in draft.anchors.sentences_of(span):
            if draft.accounted[number]:
                message = f"a record rests on “{short(unrecorded.quote)}”; drop the reason why none does"
                draft.warnings.append(draft.where.fault(message, "unrecorded", at))
            else:
                reasons[number] = unrecorded.reason
    for number in reasons:
        draft.accounted[number] = 1
    for number, (start, end) in enumerate(draft.sentences):
        text = draft.text[start:end]
        if not draft.accounted[number]:
            message = f"no record rests on the sentence “{short(text)}”; add one, or a reason under `unrecorded`"
            draft.warnings.append(Fault(draft.where.file, 0, message))
        fields = {"ordinal": number + 1, "section": draft.anchors.section(start), "text": text}
        draft.stage("sentence", None, fields | draft.anchors.offsets((start, end)) | {"reason": reasons.get(number)})


def document(draft: Draft) -> None:
    stated = draft.document
    for key in ("title", "author", "rights"):
        draft.stands(key, getattr(stated, key), draft.where, key)
    derived = {
        "source_file": stated.source.file,
        "source_sha256": stated.source.sha256,
        "text_sha256": sha256(draft.text.encode()).hexdigest(),
        "text_length": len(draft.text),
        "utf16_length": draft.anchors.utf16.length,
        "longest_span": draft.longest,
        "counts": draft.counts,
        "text": draft.text,
    }
    draft.stage("document", draft.where, stated.__dict__ | derived, "id")
