"""What the contract lists is declared once, and the table and the index answer it alike."""

import httpx
import pytest

from api.model.kinds import KINDS
from tests.lists import ALL_FILTERS, FILTERS, walk

ENOUGH = 5  # values of a filter


def test_the_kinds_have_the_filters_of_the_contract() -> None:
    declared = {kind.plural: set(kind.filters) for kind in KINDS.values()}
    assert declared == {plural: {each.name for each in filters} for plural, filters in FILTERS.items()}


@pytest.mark.parametrize(("plural", "name"), ALL_FILTERS)
def test_a_filter_is_in_the_table_and_in_the_index(client: httpx.Client, plural: str, name: str) -> None:
    """The index counts the values; the table gives the records of each."""
    [values] = client.get(f"/v1/{plural}", params={"facets": name, "limit": 0}).json()["facets"].values()
    assert values
    for item in values[:ENOUGH]:
        path, _, query = item["href"].partition("?")
        selected = dict(httpx.QueryParams(query)) | {"limit": "100"}
        assert len(walk(client, path, **selected)) == item["count"] > 0
