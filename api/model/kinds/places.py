"""Places, declared."""

from api.model.declaration import IncludeNamed, Kind, ManyValues, OneValue, Ranking, Text
from api.model.links import PlaceDocument, PlaceName
from api.model.tables import Place

PLACE = Kind(
    name="place",
    plural="places",
    model=Place,
    filters={
        "document": ManyValues(PlaceDocument.place, PlaceDocument.document, key="id"),
        "category": OneValue(Place.category),
    },
    sorts={"name": Place.name, "mention_count": Place.mention_count},
    texts=(Text(Place.name, "name"), Text(PlaceName.name, "names.*", owner=PlaceName.place, key="id")),
    titles=("name", "names.*"),
    is_named=True,
    ranking=Ranking(title=1.0),
    includes={"documents": IncludeNamed("document", "documents")},
)
