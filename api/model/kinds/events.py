"""Events, declared."""

from api.model.declaration import Annotated, IncludeNamed, IncludeOne, Kind, ManyValues, OneValue, Period, Ranking, Text
from api.model.links import EventActor, EventClaim, EventMention, EventPlace, EventSpeaker
from api.model.tables import Event

EVENT = Kind(
    name="event",
    plural="events",
    model=Event,
    filters={
        "document": OneValue(Event.document),
        "section": OneValue(Event.section),
        "category": OneValue(Event.category),
        "status": OneValue(Event.status),
        "actor": ManyValues(EventActor.event, EventActor.actor),
        "place": ManyValues(EventPlace.event, EventPlace.place),
        "speaker": ManyValues(EventSpeaker.event, EventSpeaker.speaker),
        "claim": ManyValues(EventClaim.event, EventClaim.claim),
        "basis": OneValue(Event.basis),
        "year": OneValue(Event.year),
    },
    period=Period(Event.earliest, Event.latest),
    sorts={"date": Event.earliest},
    texts=(
        Text(Event.name, "name"),
        Text(Event.quote, "source.quote"),
        Text(EventMention.quote, "mentions.*.quote", owner=EventMention.event),
    ),
    titles=("name",),
    ranking=Ranking(title=0.3, measures_rarity=True),
    includes={
        "section": IncludeOne("section", "section"),
        "claims": IncludeNamed("claim", "claims"),
        "actors": IncludeNamed("actor", "actors"),
        "places": IncludeNamed("place", "places"),
    },
    sourced=True,
    coverage="accounts",
    passages=EventMention,
    citable=True,
    annotation=Annotated("classifying", "name", ("category", "status", "speakers", "actors", "places")),
)
