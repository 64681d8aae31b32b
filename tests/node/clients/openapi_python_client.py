"""What a script does with the client that openapi-python-client makes."""

import csv
import io
import json
import sys

from sic_httpx import Client
from sic_httpx.api.claims import claims_csv, get_claim, list_claims
from sic_httpx.api.search import search_all, suggest
from sic_httpx.models import ClaimPage, ClaimResponse, ClaimType, Problem, SearchPage, Suggestions
from sic_httpx.models.get_claim_include_item import GetClaimIncludeItem
from sic_httpx.models.list_claims_facets_item import ListClaimsFacetsItem
from sic_httpx.types import UNSET

_, base_url, id = sys.argv
client = Client(base_url=base_url)

ids: list[str] = []
cursor = UNSET
while True:
    page = list_claims.sync(
        client=client, type_=[ClaimType.FACTUAL, ClaimType.CAUSAL], limit=50, cursor=cursor
    )  # offset=0 goes along
    assert isinstance(page, ClaimPage), page
    ids += [claim.id for claim in page.data]
    total = page.meta.total
    if page.meta.next_cursor is None:
        break
    cursor = page.meta.next_cursor

counted = list_claims.sync(client=client, facets=[ListClaimsFacetsItem.TYPE], limit=0)
assert isinstance(counted, ClaimPage), counted

included = [GetClaimIncludeItem.SECTION, GetClaimIncludeItem.SPEAKER, GetClaimIncludeItem.ACTORS]
single = get_claim.sync(id, client=client, include=included)
assert isinstance(single, ClaimResponse), single
related = single.data.included
speaker = related.speaker

marked = list_claims.sync(client=client, q="gazers", document=["astral"], highlight=True)
assert isinstance(marked, ClaimPage), marked
highlighted = [
    claim.source.quote[range_.start : range_.end]
    for claim in marked.data
    for range_ in claim.highlights
    if range_.field == "source.quote"
]

found = search_all.sync(client=client, q="karabakh war", limit=20)
assert isinstance(found, SearchPage), found
shown = {
    **dict.fromkeys(("ClaimRecord", "PositionRecord"), "statement"),
    **dict.fromkeys(("EventRecord", "ActorRecord", "PlaceRecord"), "name"),
    **dict.fromkeys(("SectionRecord", "ObstacleRecord"), "title"),
    "DocumentRecord": "label",
}
hits = [getattr(hit, shown[type(hit).__name__]) for hit in found.data]

completed = suggest.sync(client=client, q="kara")
assert isinstance(completed, Suggestions), completed

first = list_claims.sync_detailed(client=client)
tagged = client.with_headers({"If-None-Match": first.headers["etag"]})
revalidated = list_claims.sync_detailed(client=tagged).status_code

missing = get_claim.sync("karabakh.nothing", client=client)
wrong = list_claims.sync(client=client, actor=["ankara"])
assert isinstance(missing, Problem), missing
assert isinstance(wrong, Problem), wrong

table = claims_csv.sync_detailed(client=client, limit=3).content.decode()

print(
    json.dumps(
        {
            "ids": ids,
            "total": total,
            "facets": [[each.value, each.count] for each in counted.facets.type_],
            "detail": {
                "quote": single.data.source.quote,
                "section": related.section.title,
                "speaker": speaker.name if speaker else None,
                "actors": [actor.name for actor in related.actors.data],
            },
            "highlighted": highlighted,
            "hits": hits,
            "suggested": [each.text for each in completed.data],
            "revalidated": int(revalidated),
            "problem": {
                "status": missing.status,
                "type": missing.type_,
                "meant": [[each.parameter, each.did_you_mean] for each in wrong.errors],
            },
            "csv": len(list(csv.reader(io.StringIO(table, newline="")))),
        }
    )
)
