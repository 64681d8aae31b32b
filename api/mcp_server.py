"""`sic mcp`: the API as tools for language models, over stdio (https://modelcontextprotocol.io).

It is a client of the HTTP API and knows nothing of the service. Answers are short: who, in which mode, what, the quote,
where it stands. What the API refuses is handed on with what it allows, so that the model can mend its question.
"""

from collections.abc import Mapping
from typing import Any

import httpx
from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError

INSTRUCTIONS = """\
sic holds what contested documents say, claim by claim. It asserts nothing, and you must not either.
When you report a claim: name its speaker ("author" is whoever wrote the document; null is nobody named); keep its mode
(asserted, reported, quoted) and its hedge; quote `quote` exactly, and say that `statement` is an editor's paraphrase;
give the document and the offsets (`at`) or the page. Never turn "X says that p" into "p". An empty answer means
that the text does not say it, not that it is false. Start with overview. An error names what is allowed."""

Filters = dict[str, str | int | bool]
SECONDS = 20


class Api:
    """The HTTP API at a base URL. Raises ToolError with what the API says of a wrong question."""

    def __init__(self, url: str, client: httpx.Client | None = None) -> None:
        self.client = client or httpx.Client(base_url=url, timeout=SECONDS)

    def get(self, path: str, parameters: Mapping[str, Any] | None = None) -> httpx.Response:
        given = {name: _text(value) for name, value in (parameters or {}).items() if value not in (None, "")}
        try:
            answer = self.client.get(path, params=given, headers={"Accept": "*/*"})
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
        return shown

    def short(self, record: Mapping[str, Any]) -> dict[str, Any]:
        """What an answer needs of a record."""
        shown = {name: record[name] for name in KEPT if record.get(name) not in (None, [], "")}
        if "speaker" in record:
            shown["speaker"] = record["speaker"]  # null says that nobody is named
        if record.get("date"):
            shown["date"] = {name: value for name, value in record["date"].items() if value}
        if source := record.get("source"):
            shown["quote"] = source["quote"]
            shown["at"] = f"{source['document']} {source['start']}-{source['end']}"
        shown |= {
            end: self.short(other)
            for end, other in record.get("included", {}).items()
            if end in ("from", "to") and other
        }
        return shown | {"page": str(self.client.base_url.join(record["links"]["page"]))}


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


KEPT = (
    *("id", "kind", "type", "mode", "speaker", "hedge_cue", "statement", "name", "title", "summary", "status"),
    *("category", "speakers", "actor", "obstacle", "basis", "from", "to", "positions", "topics", "label", "names"),
    *("what", "why"),
)


def server(api: Api) -> MCPServer:
    """The server with its tools."""
    tools = MCPServer("sic", instructions=INSTRUCTIONS)
    tool = tools.tool(structured_output=False)

    @tool
    def overview() -> dict[str, Any]:
        """The documents, how many records there are, and the voices with their numbers of claims. Call it first."""
        documents = api.get("/v1/documents", {"limit": 100}).json()["data"]
        voices = api.get("/v1/counts/claims", {"by": "speaker,mode"}).json()["data"]
        return {
            "documents": [{name: each[name] for name in ("id", "label", "counts", "note")} for each in documents],
            "voices": [{name: each[name] for name in ("speaker", "mode", "count")} for each in voices],
        }

    @tool
    def search(q: str, filters: Filters | None = None) -> dict[str, Any]:
        """All kinds, best first. q: words, "a phrase", -without, pre*. filters: kind, document, speaker …"""
        return api.list("search", filters or {}, q=q)

    @tool
    def claims(filters: Filters) -> dict[str, Any]:
        """Claims. filters: speaker (id, author, none), mode (asserted reported quoted), type (factual causal evaluative
        predictive purposive prescriptive), hedged, actor, place, topic, obstacle, event, relation, section, q, limit,
        cursor. Commas mean or; x.not is the complement, e.g. {"mode.not": "asserted"}."""
        return api.list("claims", filters)

    @tool
    def events(filters: Filters) -> dict[str, Any]:
        """Events. filters: status (occurred ongoing anticipated proposed hypothetical), category, date_from, date_to,
        basis (stated inferred none), year, actor, place, speaker, claim, q, sort (date, -date), limit, cursor."""
        return api.list("events", filters)

    @tool
    def relations(filters: Filters) -> dict[str, Any]:
        """How claims bear on one another, with both. filters: type (supports contradicts contrasts causes purpose
        qualifies), claim (either end), speaker (either end), basis (stated inferred), limit, cursor."""
        return api.list("relations", filters, include="from,to")

    @tool
    def obstacles(actor: str = "") -> dict[str, Any]:
        """The obstacles that a document numbers, and what each party (or one) wants, offers or refuses on them. A party
        without a position on an obstacle has none in the text."""
        positions = api.list("positions", {"actor": actor} if actor else {}, limit=100)
        return {"obstacles": api.list("obstacles", {}, limit=100)["records"], "positions": positions["records"]}

    @tool
    def check_quote(quote: str) -> dict[str, Any]:
        """Whether words stand in the texts: exact, normalised (differs says in what) or none; and where."""
        answer: dict[str, Any] = api.get("/v1/resolve", {"quote": quote}).json()["data"]
        kept = ("document", "start", "end", "text", "differs")
        spans = [{name: span[name] for name in kept if name in span} for span in answer["spans"]]
        return {"match": answer["match"], "spans": spans[:10]}

    @tool
    def read(document: str, start: int = 0, end: int = 2000, expand: str = "") -> str:
        """Words of a text by their offsets (code points). expand: sentence, paragraph or section around them."""
        return api.get(f"/v1/documents/{document}/text", {"start": start, "end": end, "expand": expand}).text

    @tool
    def cite(kind: str, id: str) -> str:
        """A BibTeX citation. kind: documents, sections, claims, events, obstacles or positions."""
        return api.get(f"/v1/{kind}/{id}/citation.bib").text

    return tools


def serve(url: str) -> None:
    """Answer over stdin and stdout until they close."""
    server(Api(url)).run("stdio")
