"""Sections of the text, declared."""

from api.model.declaration import IncludeRelated, Kind, OneValue, Ranking, Text
from api.model.tables import Claim, Event, Obstacle, Section

SECTION = Kind(
    name="section",
    plural="sections",
    model=Section,
    filters={"document": OneValue(Section.document), "parent": OneValue(Section.parent)},
    search_filters={"section": OneValue(Section.id)},
    sorts={"title": Section.title},
    texts=(Text(Section.title, "title"), Text(Section.text, "text")),
    titles=("title",),
    ranking=Ranking(weight=0.4, title=0.3),
    includes={
        "claims": IncludeRelated("claim", Claim.section, "section"),
        "events": IncludeRelated("event", Event.section, "section"),
        "obstacles": IncludeRelated("obstacle", Obstacle.section, "id"),
    },
    citable=True,
    unlisted=("text",),
)
