"""Positions on obstacles, declared."""

from api.model.declaration import Annotated, IncludeOne, Kind, OneValue, Ranking, Text
from api.model.tables import Position

POSITION = Kind(
    name="position",
    plural="positions",
    model=Position,
    filters={
        "document": OneValue(Position.document),
        "obstacle": OneValue(Position.obstacle),
        "actor": OneValue(Position.actor),
    },
    search_filters={"section": OneValue(Position.section)},
    texts=(Text(Position.statement, "statement"), Text(Position.quote, "source.quote")),
    ranking=Ranking(measures_rarity=True),
    includes={"obstacle": IncludeOne("obstacle", "obstacle"), "actor": IncludeOne("actor", "actor")},
    sourced=True,
    coverage="accounts",
    citable=True,
    annotation=Annotated("describing", "statement", ("obstacle", "actor")),
)
