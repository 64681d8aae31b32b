"""Events, their dates and further mentions."""

from seed import records
from seed.dates import bounds
from seed.examined import Examined, listed
from seed.explain import Where


def events(doc: Examined) -> None:
    for event, where in doc.package.rows("events", records.Event):
        doc.new("event", event.id, where, "id")
        doc.known("actor", event.actors, doc.actors, where, "actors")
        doc.known("place", event.places, doc.places, where, "places")
        earliest, latest = _bounds(doc, event.date, where)
        mentions = [doc.find(mention, where, "mentions", at) for at, mention in enumerate(event.mentions)]
        passages = sorted(span for span in mentions if span is not None)
        if (span := doc.find(event, where)) is None:
            continue
        if event.date.text is not None:
            doc.within("date.text", event.date.text, doc.anchors.sentence_text(span), where, "date", "text")
        row = doc.shard.number()
        doc.shard.add(
            "event",
            (
                row,
                event.id,
                doc.id,
                *doc.rest(span),
                event.name,
                event.category.value,
                event.status.value,
                event.date.text,
                event.date.edtf,
                earliest,
                latest,
                event.date.basis.value,
                event.note,
                listed(event.actors),
                listed(event.places),
                doc.at(where),
            ),
        )
        for ordinal, passage in enumerate(passages, 1):
            doc.shard.add("event_mention", (row, ordinal, doc.id, *doc.rest(passage)))
        said = event.model_dump_json(exclude={"prefix", "suffix", "mentions", "date"})
        date = f"{event.date.text!a} {event.date.edtf} {event.date.basis.value}"
        doc.count("events", f"{said} {date} {span} {passages}")


def _bounds(doc: Examined, date: records.Date, where: Where) -> tuple[str | None, str | None]:
    if date.edtf is None:
        found: tuple[str | None, str | None] = (None, None)
    else:
        try:
            found = bounds(date.edtf)
        except ValueError as error:
            doc.faults.append(where.fault(f"`date.edtf`: {error}", "date", "edtf"))
            return None, None
    for key, stated, actual in (("earliest", date.earliest, found[0]), ("latest", date.latest, found[1])):
        if stated is not None and stated != actual:
            message = f"`date.{key}` is {stated}, but {date.edtf} gives {actual or 'none'}; leave it out"
            doc.faults.append(where.fault(message, "date", key))
    return found
