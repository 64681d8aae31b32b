"""Actors, declared."""

from api.model.declaration import IncludeNamed, Kind, ManyValues, OneValue, Ranking, Text
from api.model.links import ActorDocument, ActorName
from api.model.tables import Actor

ACTOR = Kind(
    name="actor",
    plural="actors",
    model=Actor,
    filters={
        "document": ManyValues(ActorDocument.actor, ActorDocument.document, key="id"),
        "category": OneValue(Actor.category),
    },
    sorts={"name": Actor.name, "mention_count": Actor.mention_count},
    texts=(Text(Actor.name, "name"), Text(ActorName.name, "names.*", owner=ActorName.actor, key="id")),
    titles=("name", "names.*"),
    is_named=True,
    ranking=Ranking(title=1.0),
    includes={"documents": IncludeNamed("document", "documents")},
)
