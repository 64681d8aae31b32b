"""What there is: tables, vocabularies and kinds, each said once."""

from api.model import links, tables
from api.model.columns import metadata

__all__ = ["links", "metadata", "tables"]
