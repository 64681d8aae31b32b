"""`sic mcp` as a language model meets it: with the SDK's own client, over stdio, on a running API."""

import asyncio
import csv
import io
import json
import sys
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client

from tests.server import ROOT, Server

T = TypeVar("T")
LARGEST = 6000  # bytes of the whole list of tools
TOOLS = ["overview", "search", "claims", "events", "relations", "obstacles", "record", "corrections"]
TOOLS += ["check_quote", "read", "cite"]


def asked(served: Server, question: Callable[[Client], Awaitable[T]]) -> T:
    """What a client gets from a server of its own."""

    async def run() -> T:
        command = StdioServerParameters(
            command=sys.executable, args=["-m", "api", "mcp", "--url", served.url], cwd=ROOT
        )
        async with Client(stdio_client(command)) as client:
            return await question(client)

    return asyncio.run(run())


def called(served: Server, *calls: tuple[str, dict[str, Any]]) -> list[tuple[bool, Any]]:
    """(whether it is an error, the answer) of each call."""

    async def question(client: Client) -> list[tuple[bool, Any]]:
        answers = []
        for name, arguments in calls:
            result = await client.call_tool(name, arguments)
            text = getattr(result.content[0], "text", "")
            answers.append((bool(result.is_error), _read(text)))
        return answers

    return asked(served, question)


def _read(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def test_the_tools_are_few_and_their_list_is_short(served: Server) -> None:
    async def question(client: Client) -> tuple[Any, str]:
        return await client.list_tools(), client.instructions or ""

    listed, instructions = asked(served, question)
    assert [tool.name for tool in listed.tools] == TOOLS
    size = len(listed.model_dump_json(exclude_none=True, by_alias=True))
    assert size <= LARGEST, size
    for word in ("speaker", "mode", "quote", "offsets"):
        assert word in instructions


def test_who_contradicts_whom_is_answered_with_speakers_quotes_and_places(served: Server) -> None:
    [(failed, answer)] = called(
        served, ("relations", {"filters": {"type": "contradicts", "speaker": "european-parliament"}})
    )
    assert not failed
    [relation] = answer["records"]
    assert relation["from"]["speaker"] == "united-nations"
    assert relation["to"]["mode"] == "reported"
    assert relation["to"]["quote"] == "the European Parliament said the exodus amounted to ethnic cleansing"
    assert relation["to"]["at"] == "karabakh 7394-7462"
    assert relation["page"].startswith(f"{served.url}/relations/")


def test_every_tool_answers(served: Server) -> None:
    answers = called(
        served,
        ("overview", {}),
        ("search", {"q": "exodus", "filters": {"kind": "claim", "limit": 3}}),
        ("claims", {"filters": {"mode.not": "asserted", "limit": 100}}),
        ("events", {"filters": {"basis.not": "none", "sort": "date"}}),
        ("obstacles", {"actor": "armenia"}),
        ("check_quote", {"quote": "karabakh is armenia"}),
        ("read", {"document": "karabakh", "start": 2510, "end": 2529}),
        ("cite", {"kind": "claims", "id": "karabakh.c134"}),
    )
    assert not any(failed for failed, _ in answers)
    overview, found, others, events, obstacles, quote, words, citation = (answer for _, answer in answers)
    assert overview["documents"][0]["id"] == "karabakh"
    assert len(found["records"]) == 3
    assert others["total"] == len(others["records"])
    assert events["records"][0]["date"]["text"] == "of 1915"
    assert {each["actor"] for obstacle in obstacles["obstacles"] for each in obstacle["positions"]} == {"armenia"}
    assert quote["match"] == "normalised"
    assert words == {
        "text": "Karabakh is Armenia",
        "start": 2510,
        "end": 2529,
        "page": f"{served.url}/d/karabakh/@2510-2529",
    }
    assert citation["bibtex"].startswith("@misc{karabakh.c134,")
    assert citation["page"] == f"{served.url}/claims/karabakh.c134"


def test_what_the_text_has_no_position_on_is_said(served: Server) -> None:
    [(_, answer)] = called(served, ("obstacles", {}))
    without = {obstacle["id"]: obstacle["without"] for obstacle in answer["obstacles"]}
    parties = {position["actor"] for obstacle in answer["obstacles"] for position in obstacle["positions"]}
    assert set(without["karabakh.o2"]) == parties
    assert "azerbaijan" in without["karabakh.o5"]
    assert all("positions" in obstacle for obstacle in answer["obstacles"])


def test_a_record_is_given_whole_with_what_was_corrected_in_it(served: Server) -> None:
    [(_, claim), (_, corrections), (_, overview)] = called(
        served,
        ("record", {"kind": "claim", "id": "karabakh.c044"}),
        ("corrections", {"filters": {"record": "karabakh.c044"}}),
        ("overview", {}),
    )
    assert claim["source"]["prefix"]
    assert claim["corrections"] == corrections
    assert corrections["total"]
    assert all(each["what"] and each["why"] for each in corrections["records"])
    assert overview["about"] == f"{served.url}/about"
    assert overview["claims with"]["actor"]["united-nations"]


def test_words_are_read_with_the_sentence_around_them_and_where_it_stands(served: Server) -> None:
    [(_, sentence), (_, last)] = called(
        served,
        ("read", {"document": "karabakh", "start": 2510, "end": 2529, "expand": "sentence"}),
        ("read", {"document": "karabakh", "start": 15000}),
    )
    text = served.client.get("/v1/documents/karabakh/text").text
    assert sentence["start"] < 2510 < 2529 < sentence["end"]
    assert text[sentence["start"] : sentence["end"]] == sentence["text"]
    assert text.endswith(last["text"])
    assert served.client.get(sentence["page"]).status_code == 200


def test_a_list_names_its_table(served: Server) -> None:
    [(_, answer)] = called(served, ("claims", {"filters": {"type": "prescriptive", "limit": 1, "hedged": False}}))
    table = served.client.get(answer["table"]).text
    rows = list(csv.DictReader(io.StringIO(table, newline="")))
    assert len(rows) == answer["total"] > 1


def test_a_wrong_question_is_answered_with_what_was_meant(served: Server) -> None:
    wrong: list[tuple[str, dict[str, Any], str]] = [
        ("claims", {"filters": {"speeker": "author"}}, "speaker"),
        ("claims", {"filters": {"actor": "ankara"}}, "turkey"),
        ("events", {"filters": {"status": "happened"}}, "occurred"),
        ("cite", {"kind": "claims", "id": "karabakh.c9999"}, "no claim"),
        ("search", {"q": "exodus", "speaker": "author"}, "search has no argument speaker; it has q, filters"),
        ("overview", {"document": "karabakh"}, "overview has no argument document; it has none"),
    ]
    answers = called(served, *((tool, arguments) for tool, arguments, _ in wrong))
    for (failed, answer), (_, _, taught) in zip(answers, wrong, strict=True):
        assert failed
        assert taught in str(answer)
