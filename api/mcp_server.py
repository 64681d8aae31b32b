"""`sic mcp`: the API as tools for language models, over stdio (https://modelcontextprotocol.io).

It is a client of the HTTP API and knows nothing of the service. Answers are short: who, in which mode, what, the quote,
where it stands. What the API refuses is handed on with what it allows, so that the model can mend its question.
"""

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError

INSTRUCTIONS = """\
sic holds what contested documents say, claim by claim. It asserts nothing, and you must not either.
When you report a claim: name its speaker ("author" is whoever wrote the document; null is nobody named); keep its mode
(asserted, reported, quoted) and its hedge; quote `quote` exactly, and say that `statement` is an editor's paraphrase;
give the document and the offsets (`at`) or the page. Never turn "X says that p" into "p". An empty answer means
that the text does not say it, not that it is false. Start with overview. An error names what is allowed. How
records were made and where to dispute one: `about` of overview; what was corrected: record and corrections."""

Filters = dict[str, str | int | bool]
SECONDS = 20
PAGING = ("limit", "cursor", "include", "facets")  # what a table of a whole list does not take


class Api:
    """The HTTP API at a base URL. Raises ToolError with what the API says of a wrong question."""

    def __init__(self, url: str, client: httpx.Client | None = None) -> None:
        self.client = client or httpx.Client(base_url=url, timeout=SECONDS)

    def get(self, path: str, parameters: Mapping[str, Any] | None = None) -> httpx.Response:
        try:
            answer = self.client.get(path, params=_given(parameters or {}), headers={"Accept": "*/*"})
        except httpx.HTTPError as error:
            raise ToolError(f"the API does not answer: {error}") from None
        if answer.status_code != 200:
            problem = (
                answer.json() if "json" in answer.headers.get("content-type", "") else {"detail": answer.text[:200]}
            )
            raise ToolError(str({"detail": problem.get("detail"), "errors": problem.get("errors", [])})[:2000])
        return answer

    def list(self, kind: str, filters: Filters, **more: Any) -> dict[str, Any]:
        answer = self.get(f"/v1/{kind}", {"limit": 20, **more, **filters}).json()
        meta = answer["meta"]
        shown: dict[str, Any] = {"total": meta["total"], "records": [self.short(record) for record in answer["data"]]}
        shown |= {name: meta[name] for name in ("next_cursor", "corrected") if meta.get(name)}
        if facets := answer.get("facets"):
            shown["facets"] = {name: _counts(values) for name, values in facets.items()}
        table = {name: value for name, value in {**more, **filters}.items() if name not in PAGING}
        return shown | {"table": self.page(str(httpx.URL(f"/v1/{kind}.csv", params=_given(table))))}

    def short(self, record: Mapping[str, Any]) -> dict[str, Any]:
        """What an answer needs of a record."""
        shown = {name: record[name] for name in KEPT if record.get(name) not in (None, [], "")}
        if "speaker" in record:
            shown["speaker"] = record["speaker"]  # null says that nobody is named
        if isinstance(date := record.get("date"), Mapping):
            shown["date"] = {name: value for name, value in date.items() if value}
        elif date:  # of a correction
            shown["date"] = date
        if source := record.get("source"):
            shown["quote"] = source["quote"]
            shown["at"] = f"{source['document']} {source['start']}-{source['end']}"
        shown |= {
            end: self.short(other)
            for end, other in record.get("included", {}).items()
            if end in ("from", "to") and other
        }
        return shown | {"page": self.page(record["links"]["page"])}

    def page(self, path: str) -> str:
        return str(self.client.base_url.join(path))


def _given(parameters: Mapping[str, Any]) -> dict[str, str]:
    values = {name: value for name, value in parameters.items() if value not in (None, "")}
    return {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in values.items()}


def _counts(values: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """Records by the values of a facet."""
    return {each["value"]: each["count"] for each in values}


def _plural(kind: str) -> str:
    """Records name their kind in the singular, paths in the plural."""
    return kind if kind.endswith("s") else f"{kind}s"


KEPT = (
    *("id", "kind", "type", "mode", "speaker", "hedge_cue", "statement", "name", "title", "summary", "status"),
    *("category", "speakers", "actor", "obstacle", "basis", "from", "to", "positions", "topics", "label", "names"),
    *("what", "why"),
)


class StrictServer(MCPServer):
    """Refuses an argument that a tool does not have. The SDK drops it, and a filter beside `filters` was lost so."""

    async def call_tool(self, name: str, arguments: dict[str, Any], context: Any = None) -> Any:
        for tool in await self.list_tools():
            declared = tool.input_schema.get("properties", {})
            if tool.name == name and (unknown := sorted(arguments.keys() - declared.keys())):
                raise ToolError(f"{name} has no argument {', '.join(unknown)}; it has {', '.join(declared) or 'none'}")
        return await super().call_tool(name, arguments, context)


def server(api: Api) -> MCPServer:
    """The server with its tools."""

    def words_page(document: str, start: int, end: int) -> str:
        return api.page(f"/d/{document}/@{start}-{end}")

    tools = StrictServer("sic", instructions=INSTRUCTIONS)
    tool = tools.tool(structured_output=False)

    @tool
    def overview() -> dict[str, Any]:
        """The documents, how many records there are, the voices with their numbers of claims, and how many
        claims have which actor, place and topic. Call it first."""
        documents = api.get("/v1/documents", {"limit": 100}).json()["data"]
        voices = api.get("/v1/counts/claims", {"by": "speaker,mode"}).json()["data"]
        facets = api.get("/v1/claims", {"limit": 0, "facets": "actor,place,topic"}).json()["facets"]
        return {
            "documents": [{name: each[name] for name in ("id", "label", "counts", "note")} for each in documents],
            "voices": [{name: each[name] for name in ("speaker", "mode", "count")} for each in voices],
            "claims with": {name: _counts(values) for name, values in facets.items()},
            "about": api.page("/about"),
        }

    @tool
    def search(q: str, filters: Filters | None = None) -> dict[str, Any]:
        """All kinds, best first, for any of the words; "a phrase" must stand. q: words, "a phrase", -without, pre*.
        filters: kind, document, speaker …"""
        return api.list("search", filters or {}, q=q)

    @tool
    def claims(filters: Filters) -> dict[str, Any]:
        """Claims; `table` is the address of all of them as CSV. filters: speaker (id, author, none), mode (asserted
        reported quoted), type (factual causal evaluative predictive purposive prescriptive), hedged, actor, place,
        topic, obstacle, event, relation, section, id, q, facets, limit (20; at most 100), cursor. Commas mean or; x.not
        is the complement, e.g. {"mode.not": "asserted"}."""
        return api.list("claims", filters)

    @tool
    def events(filters: Filters) -> dict[str, Any]:
        """Events. filters: status (occurred ongoing anticipated proposed hypothetical), category, date_from, date_to,
        basis (stated inferred none), year, actor, place, speaker, claim, q, sort (date, -date), limit, cursor. Most
        events have no date in the text; a filter by date leaves them out, so say so. date_from and date_to also give
        what may lie in the span (date_match possible); year only what is dated in it."""
        return api.list("events", filters)

    @tool
    def relations(filters: Filters) -> dict[str, Any]:
        """How claims bear on one another, with both. filters: type (supports contradicts contrasts causes purpose
        qualifies), claim (either end), speaker (either end), basis (stated inferred), limit, cursor."""
        return api.list("relations", filters, include="from,to")

    @tool
    def obstacles(actor: str = "") -> dict[str, Any]:
        """The obstacles that a document numbers, and what each party (or one) wants, offers or refuses on them.
        without: parties that have no position on it in the text. A state and its government are different actors."""
        positions = api.list("positions", {}, limit=100)["records"]
        shown = []
        for obstacle in api.list("obstacles", {}, limit=100)["records"]:
            here = [each for each in positions if each["obstacle"] == obstacle["id"]]
            without = {each["actor"] for each in positions} - {each["actor"] for each in here}
            asked = [each for each in here if actor in ("", each["actor"])]
            shown.append(obstacle | {"positions": asked, "without": sorted(without)})
        return {"obstacles": shown}

    @tool
    def record(kind: str, id: str) -> dict[str, Any]:
        """One record whole: with editors' notes, and the corrections that changed it."""
        found: dict[str, Any] = api.get(f"/v1/{_plural(kind)}/{id}").json()["data"]
        return found | {
            "page": api.page(found["links"]["page"]),
            "corrections": api.list("corrections", {"record": id}),
        }

    @tool
    def corrections(filters: Filters) -> dict[str, Any]:
        """What was corrected, when and why. filters: document, record (its id), limit, cursor."""
        return api.list("corrections", filters)

    @tool
    def check_quote(quote: str) -> dict[str, Any]:
        """Whether words stand in the texts: exact, normalised (differs says in what) or none; and where. If none, look
        for the nearest with claims and q."""
        answer: dict[str, Any] = api.get("/v1/resolve", {"quote": quote}).json()["data"]
        kept = ("document", "start", "end", "text", "differs")
        spans = [
            {name: span[name] for name in kept if name in span}
            | {"page": words_page(span["document"], span["start"], span["end"])}
            for span in answer["spans"][:10]
        ]
        return {"match": answer["match"], "spans": spans}

    @tool
    def read(document: str, start: int = 0, end: int = 0, expand: str = "") -> dict[str, Any]:
        """Words of a text by their offsets (code points), 2,000 without an end. expand: sentence, paragraph or section
        around them. page: a link to these words."""
        asked = {"start": start, "end": end or start + 2000, "expand": expand}
        length = api.get(f"/v1/documents/{document}").json()["data"]["text_length"]
        answer = api.get(f"/v1/documents/{document}/text", asked | {"end": min(asked["end"], length)})
        place = parse_qs(urlsplit(answer.headers["content-location"]).query)
        start, end = int(place["start"][0]), int(place["end"][0])
        return {"text": answer.text, "start": start, "end": end, "page": words_page(document, start, end)}

    @tool
    def cite(kind: str, id: str) -> dict[str, str]:
        """A BibTeX citation, and a link. kind: document, section, claim, event, obstacle or position. Name the speaker
        beside it: the citation is of the document."""
        citation = api.get(f"/v1/{_plural(kind)}/{id}/citation.bib").text
        return {"bibtex": citation, "page": api.page(f"/{_plural(kind)}/{id}")}

    return tools


def serve(url: str) -> None:
    """Answer over stdin and stdout until they close."""
    server(Api(url)).run("stdio")
