"""What a script does with the Python client that OpenAPI Generator makes."""

import csv
import io
import json
import sys
from typing import Any

from sic_urllib3 import ApiClient, ApiException, ClaimsApi, ClaimType, Configuration, SearchApi, TextApi

_, base_url, id = sys.argv
client = ApiClient(Configuration(host=base_url))
claims, search, text = ClaimsApi(client), SearchApi(client), TextApi(client)

ids: list[str] = []
cursor = None
while True:
    page = claims.list_claims(type=[ClaimType.FACTUAL, ClaimType.CAUSAL], limit=50, cursor=cursor)
    ids += [claim.id for claim in page.data]
    cursor = page.meta.next_cursor
    if cursor is None:
        break

counted = claims.list_claims(facets=["type"], limit=0)
single = claims.get_claim(id, include=["section", "speaker", "actors"]).data
related = single.included
marked = claims.list_claims(q="gazers", document=["astral"], highlight=True)
highlighted = [
    claim.source.quote[range_.start : range_.end]
    for claim in marked.data
    for range_ in claim.highlights
    if range_.var_field == "source.quote"
]

shown = {
    **dict.fromkeys(("claim", "position"), "statement"),
    **dict.fromkeys(("event", "actor", "place"), "name"),
    **dict.fromkeys(("section", "obstacle"), "title"),
    "document": "label",
}
found = [hit.actual_instance for hit in search.search_all(q="karabakh war", limit=20).data]

first = claims.list_claims_with_http_info()
try:
    claims.list_claims(_headers={"If-None-Match": first.headers["etag"]})
    revalidated = 200
except ApiException as error:
    revalidated = error.status


def problem(**query: Any) -> dict[str, Any]:
    try:
        claims.list_claims(**query)
    except ApiException as error:
        body: dict[str, Any] = json.loads(error.body)
        return body
    raise AssertionError("a wrong query was answered")


try:
    claims.get_claim("karabakh.nothing")
    raise AssertionError("a claim that is not there was served")
except ApiException as error:
    missing = error.data

print(
    json.dumps(
        {
            "ids": ids,
            "total": page.meta.total,
            "facets": [[each.value, each.count] for each in counted.facets.type],
            "detail": {
                "quote": single.source.quote,
                "section": related.section.title,
                "speaker": related.speaker.name if related.speaker else None,
                "actors": [actor.name for actor in related.actors.data],
            },
            "highlighted": highlighted,
            "hits": [getattr(hit, shown[hit.kind]) for hit in found],
            "suggested": [each.text for each in search.suggest(q="kara").data],
            "revalidated": revalidated,
            "problem": {
                "status": missing.status,
                "type": missing.type,
                "meant": [[each["parameter"], each["did_you_mean"]] for each in problem(actor=["ankara"])["errors"]],
            },
            "csv": len(list(csv.reader(io.StringIO(claims.claims_csv(limit=3), newline="")))),
            "text": text.get_text("karabakh", end=21),
        }
    )
)
