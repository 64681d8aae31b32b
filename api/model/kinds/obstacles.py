"""Obstacles, declared."""

from api.model.declaration import Annotated, IncludeNamed, IncludeRelated, Kind, ManyValues, OneValue, Ranking, Text
from api.model.links import ObstacleActor
from api.model.tables import Claim, Obstacle, Position

OBSTACLE = Kind(
    name="obstacle",
    plural="obstacles",
    model=Obstacle,
    filters={
        "document": OneValue(Obstacle.document),
        "actor": ManyValues(ObstacleActor.obstacle, ObstacleActor.actor),
        "number": OneValue(Obstacle.number),
    },
    search_filters={"section": OneValue(Obstacle.section)},
    sorts={"number": Obstacle.number},
    texts=(Text(Obstacle.title, "title"), Text(Obstacle.text, "text"), Text(Obstacle.summary, "summary")),
    titles=("title",),
    ranking=Ranking(title=0.3, measures_rarity=True),
    includes={
        "positions": IncludeRelated("position", Position.obstacle, "obstacle"),
        "actors": IncludeNamed("actor", "actors"),
        "claims": IncludeRelated("claim", Claim.obstacle, "obstacle"),
    },
    sourced=True,
    coverage="shown",
    citable=True,
    annotation=Annotated("highlighting", "summary", ("actors",)),
)
