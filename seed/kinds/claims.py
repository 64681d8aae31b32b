"""Claims: one proposition each, and the words that carry it."""

from seed import records
from seed.draft import Draft
from seed.fields import AUTHOR
from seed.text import Span


def claims(draft: Draft) -> None:
    for claim, where in draft.rows("claims", records.Claim):
        for kind, ids in (("actor", claim.actors), ("place", claim.places), ("topic", claim.topics)):
            if ids:
                draft.refer_all(kind, ids, where, f"{kind}s")
        if claim.speaker not in (None, AUTHOR):
            draft.refer("actor", claim.speaker, where, "speaker")
        if (span := draft.locate(claim, where)) is None:
            continue
        if claim.hedge_cue is not None or claim.quantities:
            sentence = draft.anchors.sentence_text(span)
            if claim.hedge_cue is not None:
                draft.within("hedge_cue", claim.hedge_cue, sentence, where, "hedge_cue")
            draft.quantities(claim.quantities, sentence, where)
        draft.keep_claim(claim.id, span)
        derived = {
            "speaker_actor": None if claim.speaker == AUTHOR else claim.speaker,
            "hedged": claim.hedge_cue is not None,
            "has_quantity": bool(claim.quantities),
            "obstacle": _obstacle_around(draft, span),
        }
        draft.stage("claim", where, claim.__dict__ | draft.rest(span) | derived)


def _obstacle_around(draft: Draft, span: Span) -> str | None:
    for (start, end), id in draft.obstacles:
        if start <= span[0] and span[1] <= end:
            return id
    return None
