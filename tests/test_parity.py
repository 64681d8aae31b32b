"""The same content on SQLite and on PostgreSQL gives the same answers, byte for byte, order included.

The questions are drawn at random, from a fixed seed, out of what openapi.json declares.
"""

import json
from collections.abc import Iterator
from random import Random
from typing import Any
from urllib.parse import quote, urlencode

import httpx
import pytest
import yaml

from tests.benchmarks.corpus import write
from tests.lists import CONTRACT, LISTS, closed_set, export, inner, parameters
from tests.postgres import postgres
from tests.server import PACKAGE, Server, loaded, sic

REQUESTS = 2600
# Parameters whose values are ids of another list than their name says.
REFERENCES = {"from": "claims", "to": "claims", "speaker": "actors", "parent": "sections", "record": "claims"}
COMPARED = (
    *("content-type", "content-location", "etag", "link", "content-disposition", "cache-control", "allow", "vary"),
)
ACCEPTED = (
    "*/*",
    "application/json",
    "text/csv",
    "application/ld+json",
    "text/html",
    "application/jsonl;q=0.9, */*;q=0.1",
)
WORDS = (
    *("war", "Karabakh", "peace treaty", '"territorial integrity"', "armenia -turkey", "refug*", "exodus of armenians"),
    *(
        "the",
        "and of",
        "-war",
        "kalashnikov",
        "azerbaijn",
        "U.S.",
        "700,000",
        "don't",
        "'",
        '"',
        "*",
        "(a OR b)",
        "%",
        "_",
    ),
    *(
        "Nagorno-Karabakh",
        "state",
        "“Karabakh is Armenia”",
        "ba*",
        "da* -ka*",
        "Çelik",
        "ﬁ",
        "e\u0301tat",
        "日本",
        "🙂",
    ),
)
ODD = (
    "",
    " ",
    "x" * 70,
    "NULL",
    "1",
    "-1",
    "0",
    "01",
    "1e3",
    "'; --",
    "../..",
    "%00",
    "ä",
    "🙂",
    "true",
    "armenia,",
    ",",
)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Server]]:
    """The article and three generated documents, served from each kind of database."""
    folder = tmp_path_factory.mktemp("parity")
    write(folder / "packages", 900, 3, 1)
    for document in (folder / "packages").glob("*/document.yaml"):
        document.write_text(agreeing(document.read_text()))
    packages = (PACKAGE, folder / "packages")
    embedded = loaded(folder, *packages)
    with postgres() as server:
        owner = {"SIC_DATABASE_URL": server.url(), "SIC_INDEX_DIR": str(folder / "index")}
        for done in (sic("migrate", env=owner), sic("load", *packages, env=owner)):
            assert done.returncode == 0, done.stderr
        reader = owner | {"SIC_DATABASE_URL": server.reader}
        with Server(embedded) as one, Server(reader) as other:
            yield one, other


def agreeing(document: str) -> str:
    """The generated document with the article's words for the topics that both declare."""
    article = {topic["id"]: topic for topic in yaml.safe_load((PACKAGE / "document.yaml").read_text())["topics"]}
    written = yaml.safe_load(document)
    written["topics"] = [article.get(topic["id"], topic) for topic in written["topics"]]
    return json.dumps(written)


class Questions:
    """Draws questions: mostly good ones, some that are refused."""

    def __init__(self, client: httpx.Client, random: Random) -> None:
        self.client, self.random = client, random
        self.ids = {
            plural: [record["id"] for record in export(client, f"/v1/{plural}", fields="id")] for plural in LISTS
        }
        topics = client.get("/v1/vocabularies/topic").json()["data"]["terms"]
        self.ids["topics"] = [term["value"] for term in topics]
        self.words = [*WORDS, *(text for text in self._statements())]
        self.paths = [path for path in CONTRACT["paths"] if path not in ("/readyz", "/livez", "/openapi.json")]
        self.lists = [path for path in self.paths if parameters(path).keys() & {"q", "limit", "quote", "start", "by"}]

    def _statements(self) -> Iterator[str]:
        for claim in export(self.client, "/v1/claims", fields="statement,source.quote")[::40]:
            yield " ".join(claim["statement"].split()[:5])
            yield claim["source.quote"][:200]

    def draw(self) -> tuple[str, dict[str, str]]:
        """A path with its query, and headers."""
        path = self.random.choice(self.lists if self.random.random() < 0.85 else self.paths)
        declared = parameters(path)
        names = self.random.sample(sorted(declared), min(len(declared), self.random.choice((0, 1, 1, 2, 2, 3, 4))))
        names += [name for name, item in declared.items() if item["required"] and name not in names]
        asked = {name: self._value(path, name, declared[name]) for name in names if name not in ("cursor", "snapshot")}
        if asked.get("limit") == "0" and self.random.random() < 0.8:
            asked.pop("limit")
        if asked.get("highlight") == "true" and self.random.random() < 0.9:
            asked["q"] = self.random.choice(self.words)
        if self.random.random() < 0.05:
            asked[self.random.choice((*declared, "limt", "colour"))] = self.random.choice(ODD)
        headers = {"Accept": self.random.choice(ACCEPTED)} if self.random.random() < 0.1 else {}
        return self._filled(path) + ("?" + urlencode(asked) if asked else ""), headers

    def _filled(self, path: str) -> str:
        if "{kind}" in path:
            path = path.replace("{kind}", self.random.choice(LISTS))
        kind = path.split("/")[2] if path.startswith("/v1/") else ""
        known = {
            "{id}": self.ids.get(kind, self.ids["documents"]),
            "{name}": ["claim_type", "topic", "nothing"],
            "{type}": ["internal", "x"],
        }
        for name, values in known.items():
            if name in path:
                chosen = self.random.choice(values) if self.random.random() < 0.95 else self.random.choice(ODD[2:])
                path = path.replace(name, quote(chosen, safe=""))
        return path

    def _value(self, path: str, name: str, item: dict[str, Any]) -> str:
        many = item["schema"].get("type") == "array"
        count = self.random.choice((1, 1, 1, 2, 3)) if many else 1
        return ",".join(self._one(path, name, item) for _ in range(count))

    def _one(self, path: str, name: str, item: dict[str, Any]) -> str:
        bare = name.removesuffix(".not").removesuffix(".all")
        plural = path.split("/")[-1].partition(".")[0] if bare == "id" else REFERENCES.get(bare, f"{bare}s")
        schema = inner(item)
        if closed := closed_set(item):
            return self.random.choice(closed)
        if schema.get("type") == "boolean":
            return self.random.choice(("true", "false"))
        if plural in self.ids:
            none = bare not in ("id", "document") and self.random.random() < 0.1
            return "none" if none else self.random.choice(self.ids[plural])
        if name == "start":
            return str(self.random.randrange(0, 9000))
        if name == "end":
            return str(self.random.randrange(9000, 12000))
        if name == "number":
            return str(self.random.randrange(1, 7))
        if name == "year":
            return self.random.choice(("1988", "1994", "2020", "none"))
        if name == "language":
            return self.random.choice(("en", "fr"))
        if schema.get("type") == "integer":
            return str(self.random.choice((0, 1, 2, 3, 7, 25, 60, 100)))
        if name.startswith("date"):
            return self.random.choice(("1988", "1994-05", "2020-09-27", "2023", "1700", "2050-12-31"))
        return self.random.choice(self.words)


def same(one: httpx.Response, other: httpx.Response) -> bool:
    heads = [[answer.headers.get(name) for name in COMPARED] for answer in (one, other)]
    return one.status_code == other.status_code and one.content == other.content and heads[0] == heads[1]


def test_both_databases_give_the_same_answers_to_thousands_of_questions(both: tuple[Server, Server]) -> None:
    one, other = both[0].client, both[1].client
    assert one.get("/v1").json()["data"]["counts"]["claims"] > 1000
    questions = Questions(one, Random(20201110))
    asked: set[tuple[str, str]] = set()
    statuses: dict[int, int] = {}
    differ: list[str] = []
    failed: list[str] = []
    following: str | None = None
    while len(asked) < REQUESTS:
        path, headers = (following, {}) if following else questions.draw()
        following = None
        key = (path, headers.get("Accept", ""))
        if key in asked:
            continue
        asked.add(key)
        headers = headers | {"X-Request-Id": "parity"}
        answers = one.get(path, headers=headers), other.get(path, headers=headers)
        statuses[answers[0].status_code] = statuses.get(answers[0].status_code, 0) + 1
        if answers[0].status_code >= 500:
            failed.append(f"{path} {headers}")
        if not same(*answers):
            differ.append(f"{path} {headers}: {answers[0].status_code} {answers[1].status_code}")
        elif answers[0].headers["content-type"] == "application/json" and questions.random.random() < 0.5:
            links = answers[0].json().get("links", {})
            following = links.get("next") or links.get("prev")
    assert not differ, f"{len(differ)} of {len(asked)} differ, the first: {differ[:5]}"
    assert statuses[200] > REQUESTS * 0.7, statuses
    assert not failed, failed[:5]


def test_every_record_is_the_same_on_both(both: tuple[Server, Server]) -> None:
    for plural in LISTS:
        exports = [server.client.get(f"/v1/{plural}.jsonl").content for server in both]
        assert exports[0] == exports[1], plural
        assert exports[0].count(b"\n") > 0, plural
