"""Bounds that only much content reaches, set small."""

from collections.abc import Iterator

import httpx
import pytest

from tests.server import Server

SMALL_KIND, LARGE_KIND = "places", "claims"  # below and beyond a bound of 20 ids


@pytest.fixture(scope="module")
def client(environment: dict[str, str]) -> Iterator[httpx.Client]:
    """Asks a server on the article that keeps at most 20 ids of a kind."""
    with Server(environment | {"SIC_NEAR_IDS": "20", "SIC_ACCESS_LOG": "off"}) as server:
        yield server.client


def test_ids_of_a_large_kind_are_known_without_being_kept(client: httpx.Client) -> None:
    total = client.get(f"/v1/{LARGE_KIND}?limit=0").json()["meta"]["total"]
    ids = [record["id"] for record in client.get(f"/v1/{LARGE_KIND}?limit=100").json()["data"]]
    assert total > 20
    response = client.get(f"/v1/{LARGE_KIND}", params={"id": ",".join(ids), "limit": "100"})
    assert [record["id"] for record in response.json()["data"]] == ids


def test_an_unknown_id_of_a_large_kind_is_refused_without_a_suggestion(client: httpx.Client) -> None:
    response = client.get(f"/v1/{LARGE_KIND}?id=karabakh.c001,karabakh.c0011,karabakh.c9999")
    assert response.status_code == 422
    errors = response.json()["errors"]
    assert [error["detail"] for error in errors] == [
        f"there is no claim '{id}'" for id in ("karabakh.c0011", "karabakh.c9999")
    ]
    assert all(error["did_you_mean"] is error["allowed"] is None for error in errors)
    assert client.get("/v1/claims/karabakh.c9999").status_code == 404


def test_an_unknown_id_of_a_small_kind_gets_a_suggestion(client: httpx.Client) -> None:
    [error] = client.get(f"/v1/{LARGE_KIND}?place=karabah").json()["errors"]
    assert error["did_you_mean"] == "karabakh"
    assert "karabakh" in error["allowed"]


def test_as_many_ids_as_the_bound_are_kept(environment: dict[str, str], client: httpx.Client) -> None:
    total = client.get(f"/v1/{SMALL_KIND}?limit=0").json()["meta"]["total"]
    for near, suggestion in ((total, "karabakh"), (total - 1, None)):
        with Server(environment | {"SIC_NEAR_IDS": str(near), "SIC_ACCESS_LOG": "off"}) as server:
            [error] = server.client.get("/v1/claims?place=karabah").json()["errors"]
            assert error["did_you_mean"] == suggestion
