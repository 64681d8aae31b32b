"""Claims: one proposition each, and the words that carry it."""

from seed import records
from seed.examined import CONTEXT, Examined, listed
from seed.explain import nearest
from seed.text import Span


def claims(doc: Examined) -> None:
    shard, actors, places, topics = doc.shard, doc.actors, doc.places, doc.topics
    for claim, where in doc.package.rows("claims", records.Claim):
        doc.new("claim", claim.id, where, "id")
        if claim.actors:
            doc.known("actor", claim.actors, actors, where, "actors")
        if claim.places:
            doc.known("place", claim.places, places, where, "places")
        if claim.topics:
            doc.known("topic", claim.topics, topics, where, "topics")
        speaker = None if claim.speaker == records.AUTHOR else claim.speaker
        if speaker is not None and speaker not in actors and doc.missing("actor", speaker):
            hint = nearest(speaker, [records.AUTHOR, *actors])
            doc.faults.append(where.fault(f"there is no actor {speaker} in this package{hint}", "speaker"))
        if (span := doc.find(claim, where)) is None:
            continue
        if claim.hedge_cue is not None or claim.quantities:
            sentence = doc.anchors.sentence_text(span)
            if claim.hedge_cue is not None:
                doc.within("hedge_cue", claim.hedge_cue, sentence, where, "hedge_cue")
            quantities = doc.quantities(claim.quantities, sentence, where)
        else:
            quantities = "[]"
        row = shard.number()
        shard.add(
            "claim",
            (
                row,
                claim.id,
                doc.id,
                *doc.rest(span),
                claim.statement,
                claim.type.value,
                claim.mode.value,
                claim.speaker,
                speaker,
                claim.hedge_cue is not None,
                claim.hedge_cue,
                _obstacle_around(doc, span),
                bool(claim.quantities),
                quantities,
                claim.note,
                listed(claim.actors),
                listed(claim.places),
                listed(claim.topics),
                f"{where.file}:{where.line}",
            ),
        )
        doc.count("claims", f"{claim.model_dump_json(exclude=CONTEXT)} {span}")


def _obstacle_around(doc: Examined, span: Span) -> str | None:
    for start, end, name in doc.obstacles:
        if start <= span[0] and span[1] <= end:
            return name
    return None
