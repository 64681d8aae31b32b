"""What stays of the published generation, in the shape in which new records are staged."""

from api.model.tables import metadata
from seed.stage import COLUMNS, LISTED, WITH_PLACE

SHARED = {"actor": "actor_document", "place": "place_document", "topic": "document_topic"}
LINKS = {(owner, ids): link for link, (owner, ids) in LISTED.items()}


def query(table: str, stays: set[str], goes: set[str], collected: str) -> str:
    """The query for a staged table's rows; `collected` is the aggregate that makes a JSON array of its argument.

    Ids are safe to write out: a package with any other is refused.
    """
    chosen, is_in = (stays, "IN") if len(stays) <= len(goes) else (goes, "NOT IN")
    listed = ", ".join(f"'{document}'" for document in sorted(chosen))
    home = SHARED.get(table, table)
    tables = f'"{home}" d'
    if home != table:
        tables += f' JOIN "{table}" t ON t."id" = d."{table}"'
    fields = ", ".join(_field(name, table, home, collected) for name in COLUMNS[table])
    if table in WITH_PLACE:
        fields += ", NULL"
    owner = table.partition("_")[0]
    if "document" in metadata.tables[home].columns:
        where = f'd."document" {is_in} ({listed})'
    elif table == "document":
        where = f'd."id" {is_in} ({listed})'
    else:
        where = f'd."{owner}" IN (SELECT "sequence" FROM "{owner}" WHERE "document" {is_in} ({listed}))'
    return f"SELECT {fields} FROM {tables} WHERE {where if listed else 'true'}"


def _field(name: str, table: str, home: str, collected: str) -> str:
    if name == "n":
        return 'd."sequence"'
    if link := LINKS.get((table, name)):
        ids = f'SELECT "{name[:-1]}" AS id FROM "{link}" WHERE "{table}" = d."sequence" ORDER BY "ordinal"'
        return f"coalesce((SELECT CAST({collected}(id) AS TEXT) FROM ({ids}) listed), '[]')"
    own = metadata.tables[home].columns
    if name not in own or (home != table and name == "id"):
        return f't."{name}"'
    return f'CAST(d."{name}" AS TEXT)' if str(own[name].type) == "JSON" else f'd."{name}"'
