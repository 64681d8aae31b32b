"""Documents, declared."""

from api.model.declaration import IncludeRelated, Kind, ManyValues, OneValue, Ranking, Text
from api.model.links import DocumentTopic
from api.model.tables import Document, Section

DOCUMENT = Kind(
    name="document",
    plural="documents",
    model=Document,
    filters={
        "document": OneValue(Document.id),
        "language": OneValue(Document.language),
        "topic": ManyValues(DocumentTopic.document, DocumentTopic.topic, key="id"),
    },
    texts=(Text(Document.label, "label"), Text(Document.title, "title")),
    titles=("label", "title"),
    is_named=True,
    wording=Document.text,
    ranking=Ranking(weight=0.7, title=0.3),
    includes={"sections": IncludeRelated("section", Section.document, "document")},
    citable=True,
    unread=("text",),
)
