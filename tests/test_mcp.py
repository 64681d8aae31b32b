"""`sic mcp` as a language model meets it: with the SDK's own client, over stdio, on a running API."""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client

from tests.server import ROOT, Server

T = TypeVar("T")
LARGEST = 6000  # bytes of the whole list of tools
TOOLS = ["overview", "search", "claims", "events", "relations", "obstacles", "check_quote", "read", "cite"]


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
    assert {position["actor"] for position in obstacles["positions"]} == {"armenia"}
    assert quote["match"] == "normalised"
    assert words == "Karabakh is Armenia"
    assert citation.startswith("@misc{karabakh.c134,")


def test_a_wrong_question_is_answered_with_what_was_meant(served: Server) -> None:
    wrong: list[tuple[str, dict[str, Any], str]] = [
        ("claims", {"filters": {"speeker": "author"}}, "speaker"),
        ("claims", {"filters": {"actor": "ankara"}}, "turkey"),
        ("events", {"filters": {"status": "happened"}}, "occurred"),
        ("cite", {"kind": "claims", "id": "karabakh.c9999"}, "no claim"),
    ]
    answers = called(served, *((tool, arguments) for tool, arguments, _ in wrong))
    for (failed, answer), (_, _, taught) in zip(answers, wrong, strict=True):
        assert failed
        assert taught in str(answer)
