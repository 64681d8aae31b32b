"""A corpus of made-up records of every kind, written straight into the tables, for tests of the text index."""

import random
from collections.abc import Iterable
from typing import Any

from sqlalchemy import JSON, Boolean, Connection, Engine, Integer, create_engine, insert
from sqlalchemy.pool import StaticPool
from sqlalchemy.types import TypeEngine

from api.model import metadata
from api.model.joins import DERIVED
from api.model.kinds import KINDS

WORDS = """
    armenia azerbaijan karabakh border treaty enclave diaspora victory defeat ceasefire corridor refugee displacement
    nation border trauma narrative peace highway guarantor election army drone sanction trade route infrastructure
    russia turkey georgia iran caucasus settlement parliament scholar property compensation
    """.split()  # noqa: SIM905


def engine() -> Engine:
    """An empty SQLite database in memory that every connection shares."""
    made = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    metadata.create_all(made)
    return made


Rows = dict[str, list[dict[str, Any]]]


def fill(connection: Connection, rows: Rows) -> None:
    """Insert rows by table, with `sequence` and `rank`, and with blanks where a row lacks what its table needs."""
    ranked = [(kind, row["id"], row) for kind in KINDS for row in rows.get(kind, [])]
    for rank, (_, _, row) in enumerate(sorted(ranked, key=lambda each: each[:2]), start=1):
        row["rank"] = rank
    for kind in KINDS:
        for sequence, row in enumerate(rows.get(kind, []), start=1):
            row["sequence"] = sequence
    for name, table in metadata.tables.items():
        if rows.get(name):
            needed = [column for column in table.columns if not column.nullable]
            complete = [{**{c.name: _blank(c.type) for c in needed}, **row} for row in rows[name]]
            columns = {key for row in complete for key in row}
            connection.execute(insert(table), [{key: row.get(key) for key in columns} for row in complete])
    for table, derived in DERIVED.items():
        connection.execute(insert(table).from_select(list(table.c), derived))


def _blank(kind: TypeEngine[Any]) -> Any:
    if isinstance(kind, JSON):
        return []
    return 0 if isinstance(kind, Boolean | Integer) else ""


def sourced(quote: str, at: int) -> dict[str, Any]:
    return {"quote": quote, "start": at, "end": at + max(len(quote), 1)}


def random_rows(seed: int, size: int = 60) -> Rows:
    """Records of every kind with every optional value present and absent; `size` claims."""
    chance = random.Random(seed)

    def text(words: int = 8) -> str:
        return " ".join(chance.choices(WORDS, k=words)).capitalize() + "."

    def some(values: Iterable[str], most: int = 3) -> list[str]:
        return chance.sample(sorted(values), k=chance.randint(0, most))

    actors, places, topics = [f"a{n}" for n in range(6)], [f"p{n}" for n in range(5)], [f"t{n}" for n in range(4)]
    documents = ["da", "db", "dc"]
    rows: Rows = {
        "document": [
            {"id": each, "label": text(3), "title": None if each == "da" else text(2), "language": "en"}
            for each in documents
        ],
        "topic": [{"id": each, "label": each, "definition": each} for each in topics],
        "section": [],
        "actor": [
            {"id": each, "name": text(2), "category": chance.choice(["state", "person"]), "mention_count": n % 3}
            for n, each in enumerate(actors)
        ],
        "place": [
            {"id": each, "name": text(2), "category": chance.choice(["state", "region"]), "mention_count": n % 2}
            for n, each in enumerate(places)
        ],
        **{name: [] for name in ("actor_document", "place_document", "claim", "claim_actor", "claim_place")},
        **{name: [] for name in ("claim_topic", "event", "event_actor", "event_place", "obstacle", "obstacle_actor")},
        **{name: [] for name in ("position", "relation", "actor_name", "place_name", "event_speaker", "event_claim")},
        **{name: [] for name in ("event_mention", "document_topic", "correction", "correction_record")},
    }
    for document in documents:
        rows["document_topic"] += [{"document": document, "topic": each} for each in some(topics, 2)]
        for kind, ids in (("actor", actors), ("place", places)):
            for each in some(ids, 4):
                rows[f"{kind}_document"].append({kind: each, "document": document, "mention_count": 1})
                rows[f"{kind}_name"].append({kind: each, "document": document, "ordinal": 1, "name": text(1)})
        for n in range(4):
            rows["section"].append(
                {
                    **{"id": f"{document}.s{n}", "document": document, "ordinal": n + 1, "title": text(2)},
                    **{"parent": f"{document}.s0" if n in (1, 2) else None, "title_origin": "editorial"},
                    **{"text": text(40), "start": n * 100, "end": n * 100 + 100},
                }
            )
        for n in range(2):
            rows["obstacle"].append(
                {
                    **{"id": f"{document}.o{n}", "document": document, "section": f"{document}.s3", "number": n + 1},
                    **{"title": text(2), "text": text(), "summary": text(), **sourced(text(), n)},
                }
            )
            rows["obstacle_actor"] += [
                {"obstacle": len(rows["obstacle"]), "ordinal": at, "actor": each}
                for at, each in enumerate(some(actors[:5], 2) or ["a5"], start=1)
            ]
            for actor in some(actors, 2):
                rows["position"].append(
                    {
                        **{"id": f"{document}.o{n}.{actor}", "document": document, "section": f"{document}.s3"},
                        **{"obstacle": f"{document}.o{n}", "actor": actor, "statement": text(), **sourced(text(), n)},
                    }
                )
    for n in range(size):
        document = documents[n * 3 // size]
        hedged = chance.random() < 0.3
        speaker = chance.choice([None, "author", *actors])
        rows["claim"].append(
            {
                **{"id": f"{document}.c{(n * 37) % size:03d}", "document": document, "ordinal": n + 1},
                **{"section": f"{document}.s{chance.randint(1, 3)}", "statement": text(), **sourced(text(), n)},
                **{"type": chance.choice(["factual", "causal", "predictive"]), "hedged": hedged},
                **{"mode": chance.choice(["asserted", "reported"]), "hedge_cue": "may" if hedged else None},
                **{"speaker": speaker, "speaker_actor": speaker if speaker in actors else None},
                "obstacle": chance.choice([None, f"{document}.o0", f"{document}.o1"]),
                "has_quantity": chance.random() < 0.2,
            }
        )
        for name, ids in (("actor", actors), ("place", places), ("topic", topics)):
            rows[f"claim_{name}"] += [
                {"claim": n + 1, "ordinal": at, name: each} for at, each in enumerate(some(ids), start=1)
            ]
    for n in range(size // 2):
        document = documents[n * 6 // size]
        earliest = chance.choice([None, "1991-01-01", "1994-05-12", "2020-01-01", "2020-09-27"])
        latest = chance.choice([None, "2020-12-31", "2024-12-31", earliest or "1994-12-31"])
        rows["event"].append(
            {
                **{"id": f"{document}.e{(n * 7) % (size // 2):03d}", "document": document, "ordinal": n + 1},
                **{"section": f"{document}.s{chance.randint(1, 3)}", "name": text(3), **sourced(text(), n)},
                **{"category": chance.choice(["war", "policy"]), "status": chance.choice(["occurred", "proposed"])},
                **{"basis": "stated" if earliest or latest else "none", "earliest": earliest, "latest": latest},
                "year": int(earliest[:4]) if earliest else None,
            }
        )
        for at, speaker in enumerate(chance.sample([None, "author", *actors], k=chance.randint(0, 2)), start=1):
            rows["event_speaker"].append({"event": n + 1, "ordinal": at, "speaker": speaker})
        for at, claim in enumerate(chance.sample(rows["claim"], k=chance.randint(1, 2)), start=1):
            rows["event_claim"].append({"event": n + 1, "ordinal": at, "claim": claim["id"]})
        for at in range(1, chance.randint(1, 3)):
            rows["event_mention"].append({"event": n + 1, "ordinal": at, "document": document, **sourced(text(5), at)})
        for name, ids in (("actor", actors), ("place", places)):
            rows[f"event_{name}"] += [
                {"event": n + 1, "ordinal": at, name: each} for at, each in enumerate(some(ids), start=1)
            ]
    for n in range(size // 3):
        one, other = chance.sample([claim for claim in rows["claim"] if claim["document"] == "db"], k=2)
        rows["relation"].append(
            {
                **{"id": f"db.r{n:03d}", "document": "db", "from_claim": one["id"], "to_claim": other["id"]},
                **{"type": chance.choice(["supports", "causes"]), "basis": "inferred"},
                "section": chance.choice([None, "db.s1"]),
            }
        )
    for n in range(8):
        day = f"20{20 + n % 3}-01-0{n + 1}"
        rows["correction"].append(
            {**{"id": f"da.x{n}", "document": chance.choice(documents), "date": day}, "what": text(), "why": text()}
        )
        for at in range(1, 1 + n % 3):
            kind = chance.choice(["claim", "event"])
            record = {"record_kind": kind, "record": chance.choice(rows[kind])["id"]}
            rows["correction_record"].append({"correction": n + 1, "ordinal": at, **record})
    return rows
