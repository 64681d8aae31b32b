"""The kinds of record, each declared once, in a module of its own."""

from api.model.declaration import disagreements
from api.model.kinds.actors import ACTOR
from api.model.kinds.claims import CLAIM
from api.model.kinds.corrections import CORRECTION
from api.model.kinds.documents import DOCUMENT
from api.model.kinds.events import EVENT
from api.model.kinds.obstacles import OBSTACLE
from api.model.kinds.places import PLACE
from api.model.kinds.positions import POSITION
from api.model.kinds.relations import RELATION
from api.model.kinds.sections import SECTION

KINDS = {
    kind.name: kind
    for kind in (DOCUMENT, SECTION, CLAIM, EVENT, OBSTACLE, POSITION, ACTOR, PLACE, RELATION, CORRECTION)
}

if faults := disagreements(KINDS):
    raise RuntimeError("; ".join(faults))
