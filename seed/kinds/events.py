"""Events, their dates and further mentions, the claims about them and who asserts that they happened."""

from seed import records
from seed.dates import bounds
from seed.draft import Draft
from seed.explain import Where
from seed.fields import AUTHOR
from seed.text import Span


def events(draft: Draft) -> None:
    for event, where in draft.rows("events", records.Event):
        draft.refer_all("actor", event.actors, where, "actors")
        draft.refer_all("place", event.places, where, "places")
        draft.refer_all("claim", event.claims, where, "claims")
        _check_speakers(draft, event, where)
        earliest, latest = _bounds(draft, event.date, where)
        mentions = [draft.locate(mention, where, "mentions", at) for at, mention in enumerate(event.mentions)]
        if (span := draft.locate(event, where)) is None:
            continue
        if event.date.text is not None:
            draft.within("date.text", event.date.text, draft.anchors.sentence_text(span), where, "date", "text")
        passages = sorted(mention for mention in mentions if mention is not None)
        if len(passages) == len(mentions):
            _check_claims(draft, event, [span, *passages], where)
        derived = {
            "date_text": event.date.text,
            "edtf": event.date.edtf,
            "earliest": earliest,
            "latest": latest,
            "year": int(earliest[:4]) if earliest else None,
            "basis": event.date.basis,
            "mentions": [draft.rest(passage) | {"document": draft.id} for passage in passages],
        }
        draft.stage("event", where, event.__dict__ | draft.rest(span) | derived)


def _check_claims(draft: Draft, event: records.Event, passages: list[Span], where: Where) -> None:
    if not event.claims:
        draft.fault("lacks `claims`; name the claims that assert the event or name it as real", where)
    for at, id in enumerate(event.claims):
        claim = draft.claim(id)
        if claim is not None and not any(start < claim[1] and claim[0] < end for start, end in passages):
            message = f"claim {id} does not overlap the event's quote or a mention; name another, or add its mention"
            draft.fault(message, where, "claims", at)


def _check_speakers(draft: Draft, event: records.Event, where: Where) -> None:
    for at, speaker in enumerate(event.speakers):
        if speaker in event.speakers[:at]:
            draft.fault(f"speaker {speaker or 'null'} is listed twice; keep the first", where, "speakers", at)
        elif speaker is None and at < len(event.speakers) - 1:
            draft.fault("a null speaker is not last; name the speakers before it", where, "speakers", at)
        elif speaker not in (None, AUTHOR):
            draft.refer("actor", speaker, where, "speakers", at)


def _bounds(draft: Draft, date: records.Date, where: Where) -> tuple[str | None, str | None]:
    try:
        first, last = bounds(date.edtf) if date.edtf is not None else (None, None)
    except ValueError as error:
        draft.fault(f"`date.edtf`: {error}", where, "date", "edtf")
        return None, None
    for key, stated, actual in (("earliest", date.earliest, first), ("latest", date.latest, last)):
        if stated is not None and stated != actual:
            message = f"`date.{key}` is {stated}, but {date.edtf} gives {actual or 'none'}; leave it out"
            draft.fault(message, where, "date", key)
    return first, last
