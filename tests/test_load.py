"""Loading: all or nothing, the same content in whatever order, and nothing that is read is ever written."""

import json
import os
import subprocess
import sys
from functools import partial
from pathlib import Path
from unicodedata import normalize

import psycopg
import pytest
import yaml
from sqlalchemy import Connection, create_engine

from api.model import metadata
from api.search.store import MANIFEST
from seed import readers
from seed.faults import Refused, Unusable
from seed.indexing import entries_apart
from seed.load import Loaded, Steps, check, load, rollback, store, unload
from tests.benchmarks.corpus import write
from tests.databases import emptied, everything, published, rows
from tests.packages import FILES, SOURCE, package
from tests.postgres import Postgres
from tests.server import ROOT, sic


def loaded(url: str, *folders: Path) -> Loaded:
    return load(store(url), folders, None, Steps())


class TestWhatIsDerived:
    @pytest.fixture(autouse=True)
    def _load(self, database_url: str, tmp_path: Path) -> None:
        self.url = database_url
        self.done = loaded(database_url, package(tmp_path / "base"))

    def test_spans_are_exact_in_code_points_and_utf16(self) -> None:
        [(text,)] = rows(self.url, "SELECT text FROM document")
        for table in ("claim", "event", "position", "obstacle", "event_mention", "sentence", "section"):
            words = "text" if table in ("sentence", "section") else "quote"
            query = f'SELECT {words}, start, "end", utf16_start, utf16_end FROM {table}'
            for quote, start, end, first, last in rows(self.url, query):
                assert text[start:end] == quote
                assert text.encode("utf-16-le")[first * 2 : last * 2].decode("utf-16-le") == quote

    def test_context_is_32_code_points_and_less_at_the_ends(self) -> None:
        query = "SELECT prefix, suffix FROM claim WHERE id = 'base.c1'"
        assert rows(self.url, query) == [("", ". In 1994, Alpha met about 20 pe")]

    def test_claims_are_numbered_in_document_order(self) -> None:
        found = rows(self.url, "SELECT id, ordinal, sequence FROM claim ORDER BY sequence")
        assert found == [(f"base.c{at}", at, at) for at in (1, 2, 3, 4)]

    def test_a_claim_knows_the_obstacle_it_stands_in(self) -> None:
        found = rows(self.url, "SELECT id, obstacle FROM claim ORDER BY id")
        assert found == [("base.c1", None), ("base.c2", None), ("base.c3", None), ("base.c4", "base.o1")]

    def test_a_speaker_is_the_author_an_actor_or_nobody(self) -> None:
        found = rows(self.url, "SELECT speaker, speaker_actor FROM claim ORDER BY id")
        assert found == [("author", None), ("gamma", "gamma"), ("author", None), (None, None)]

    def test_ranks_are_places_by_kind_and_id(self) -> None:
        kinds = (
            "actor",
            "claim",
            "correction",
            "document",
            "event",
            "obstacle",
            "place",
            "position",
            "relation",
            "section",
        )
        found = [
            (kind, name, rank)
            for kind in kinds
            for name, rank in rows(self.url, f"SELECT id, rank FROM {kind} ORDER BY id")
        ]
        assert [rank for _, _, rank in sorted(found)] == list(range(1, len(found) + 1))

    def test_mentions_are_counted(self) -> None:
        assert rows(self.url, "SELECT id, mention_count FROM actor ORDER BY id") == [("alpha", 3), ("gamma", 2)]
        assert rows(self.url, "SELECT id, mention_count FROM place ORDER BY id") == [("beta-town", 1)]

    def test_an_obstacle_is_its_paragraph(self) -> None:
        found = rows(self.url, "SELECT title, text, quote FROM obstacle")
        words = "Gamma wants roads. Alpha refuses."
        assert found == [("Roads", words, f"1. Roads: {words}")]

    def test_a_date_has_bounds(self) -> None:
        query = "SELECT date_text, edtf, earliest, latest, year, basis FROM event"
        assert rows(self.url, query) == [("1994", "1994", "1994-01-01", "1994-12-31", 1994, "stated")]

    def test_an_event_has_claims_and_speakers(self) -> None:
        assert rows(self.url, "SELECT event, ordinal, claim FROM event_claim") == [(1, 1, "base.c2")]
        found = rows(self.url, "SELECT event, ordinal, speaker FROM event_speaker ORDER BY ordinal")
        assert found == [(1, 1, "gamma"), (1, 2, None)]

    def test_what_an_editor_knows_of_the_origin_is_kept_apart(self) -> None:
        [(title, provenance)] = rows(self.url, "SELECT title, provenance FROM document")
        provenance = json.loads(provenance) if isinstance(provenance, str) else provenance
        assert title is None
        assert {key: value for key, value in provenance.items() if value} == {
            "title": "The small text",
            "published": "1995",
        }
        assert set(provenance) == {"title", "author", "publisher", "url", "published", "retrieved", "licence"}

    def test_a_correction_names_records_ranges_and_whole_kinds(self) -> None:
        assert rows(self.url, "SELECT id, date FROM correction") == [("base.k1", "2026-11-25")]
        found = rows(self.url, "SELECT record_kind, record FROM correction_record ORDER BY ordinal")
        events = [("event", f"base.e{number}") for number in (1, 2, 3)]
        assert found == [("claim", "base.c2"), *events, ("place", "beta-town")]

    def test_names_are_rows_in_the_order_of_the_package(self) -> None:
        found = rows(self.url, "SELECT place, document, ordinal, name FROM place_name ORDER BY ordinal")
        assert found == [("beta-town", "base", 1, "Beta Town"), ("beta-town", "base", 2, "Beta")]

    def test_a_parent_section_spans_its_children(self) -> None:
        found = rows(self.url, 'SELECT id, ordinal, start, "end" FROM section ORDER BY sequence')
        [(length,)] = rows(self.url, "SELECT text_length FROM document")
        (_, _, _, end), (_, _, first, middle), (_, _, second, last), (_, _, third, fin) = found
        assert [(name, ordinal) for name, ordinal, _, _ in found] == [(f"base.s{at}", at) for at in (1, 2, 3, 4)]
        assert (first, middle, last, fin) == (0, second, third, length)
        assert end == third

    def test_a_sentence_without_a_record_keeps_its_reason(self) -> None:
        found = rows(self.url, "SELECT ordinal, reason FROM sentence WHERE reason IS NOT NULL ORDER BY ordinal")
        assert found == [(6, "It ends the text."), (7, "It says nothing.")]

    def test_counts_are_kept_with_document_and_snapshot(self) -> None:
        for table in ("document", "snapshot"):
            [(counts,)] = rows(self.url, f"SELECT counts FROM {table}")
            counts = json.loads(counts) if isinstance(counts, str) else counts
            assert counts.pop("documents", 1) == 1
            assert counts == {
                "sections": 4, "claims": 4, "events": 1, "obstacles": 1, "positions": 2, "relations": 2, "actors": 2,
                "places": 1, "corrections": 1, "sentences": 7,
            }  # fmt: skip
        assert rows(self.url, "SELECT id FROM snapshot") == [(self.done.snapshot,)]

    def test_the_longest_span_bounds_every_span(self) -> None:
        [(longest,)] = rows(self.url, "SELECT longest_span FROM document")
        assert rows(self.url, 'SELECT max("end" - start) FROM obstacle') == [(longest,)]


class TestSameContent:
    def test_in_whatever_order_of_loads_records_and_files(self, database_url: str, tmp_path: Path) -> None:
        first, second = package(tmp_path / "a", name="a"), package(tmp_path / "b", name="b")
        once = loaded(database_url, first, second)
        content = everything(database_url)

        unload(store(database_url), "a", None, Steps())
        unload(store(database_url), "b", None, Steps())
        assert rows(database_url, "SELECT count(*) FROM actor") == [(0,)]

        shuffled = package(tmp_path / "shuffled", name="a")
        for file in ("claims", "actors", "places", "events", "obstacles", "relations"):
            path = shuffled / f"{file}.yaml"
            records = list(reversed(yaml.load(path.read_text(), yaml.BaseLoader)))
            for record in records:
                if "speaker" in record:
                    record["speaker"] = record["speaker"] or None
                if "speakers" in record:
                    record["speakers"] = [None if speaker == "null" else speaker for speaker in record["speakers"]]
            (shuffled / f"{file}.jsonl").write_text("\n\n".join(json.dumps(record) for record in records))
            path.unlink()
        loaded(database_url, second)
        again = loaded(database_url, shuffled)
        assert again.snapshot == once.snapshot
        assert everything(database_url) == content

    def test_on_both_databases(self, postgresql: Postgres, tmp_path: Path) -> None:
        write(tmp_path / "corpus", 300, 7, seed=3)
        package(tmp_path / "corpus" / "base")
        urls = f"sqlite:///{tmp_path / 'sic.db'}", emptied(postgresql)
        first, second = (loaded(url, tmp_path / "corpus") for url in urls)
        assert first == second
        assert everything(urls[0]) == everything(urls[1])

    def test_with_one_reader_or_several(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        write(tmp_path / "corpus", 400, 20, seed=5)
        one, several = f"sqlite:///{tmp_path / 'one.db'}", f"sqlite:///{tmp_path / 'several.db'}"
        first = loaded(one, tmp_path / "corpus")
        monkeypatch.setattr(readers, "ALONE", 0)
        monkeypatch.setattr(os, "cpu_count", lambda: 3)
        assert loaded(several, tmp_path / "corpus") == first
        assert everything(one) == everything(several)

    def test_several_readers_tell_all_faults(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(readers, "ALONE", 0)
        monkeypatch.setattr(os, "cpu_count", lambda: 2)
        for name in "abcde":
            package(tmp_path / "in" / name, ("claims.yaml", "[home]", "[house]"), name=name)
        with pytest.raises(Refused) as refused:
            loaded(f"sqlite:///{tmp_path / 'sic.db'}", tmp_path / "in")
        assert len(refused.value.faults) == 5

    def test_a_second_load_publishes_nothing(self, database_url: str, tmp_path: Path) -> None:
        folder = package(tmp_path / "base")
        first = loaded(database_url, folder)
        seen = published(database_url), _inode(database_url)
        second = loaded(database_url, folder)
        assert (second.snapshot, second.changed) == (first.snapshot, False)
        assert (published(database_url), _inode(database_url)) == seen

    @pytest.mark.parametrize(
        "change",
        [
            ("claims.yaml", "statement: It may rain.", "statement: It might rain."),
            ("claims.yaml", "type: predictive", "type: factual"),
            ("claims.yaml", "unit: people", "unit: persons"),
            ("actors.yaml", "[Alpha]", "[Alpha, Beta]"),
            ("document.yaml", "reason: It ends the text.", "reason: It is an end."),
            ("document.yaml", "definition: Where people live.", "definition: A home."),
            ("document.yaml", "title: The end,", "title: An end,"),
            ("events.yaml", "text: \"1994\", ", ""),
            ("events.yaml", "    - quote: says Gamma\n", "    - quote: says\n"),
            ("obstacles.yaml", "statement: Alpha refuses them.", "statement: Alpha refuses roads."),
            ("relations.yaml", "type: supports", "type: causes"),
            ("events.yaml", "[gamma, null]", "[gamma]"),
            ("corrections.yaml", "  what: The", "  what: A"),
            ("document.yaml", "published: ", "retrieved: "),
        ],
    )  # fmt: skip
    def test_whatever_changes_is_another_snapshot(self, change: tuple[str, str, str], tmp_path: Path) -> None:
        url = f"sqlite:///{tmp_path / 'sic.db'}"
        first = loaded(url, package(tmp_path / "one"))
        second = loaded(url, package(tmp_path / "two", change))
        assert second.changed
        assert second.snapshot != first.snapshot

    @pytest.mark.parametrize(
        "change",
        [
            ("document.yaml", "begins: The end came", "begins: The end came late"),
            ("claims.yaml", "quote: Alpha refuses", "quote: Alpha refuses\n  prefix: 'roads. '"),
            ("claims.yaml", "  speaker:\n", "  speaker: ~\n  mode: asserted\n  note:\n"),
            ("events.yaml", "edtf: 1994, ", "edtf: 1994, earliest: 1994-01-01, "),
            ("document.yaml", "quote: Nobody knew,", "quote: Nobody,"),
            ("corrections.yaml", "{kind: place}", "{kind: place, id: beta-town}"),
        ],
    )
    def test_how_it_was_typed_changes_nothing(self, change: tuple[str, str, str], tmp_path: Path) -> None:
        url = f"sqlite:///{tmp_path / 'sic.db'}"
        loaded(url, package(tmp_path / "one"))
        assert not loaded(url, package(tmp_path / "two", change)).changed

    def test_letters_that_look_the_same_are_the_same(self, tmp_path: Path) -> None:
        """In NFC a Devanagari letter with a nukta is two characters; keyboards write one."""
        url, typed = f"sqlite:///{tmp_path / 'sic.db'}", "Nobody \u095b\u094b\u0930"
        words = normalize("NFC", typed)
        assert words != typed
        for name, quote in (("one", typed), ("two", words)):
            changes = ("quote: It may rain\n", f"quote: {quote}\n"), ("  hedge_cue: may\n", "")
            source = SOURCE.replace("and it may", f"and {typed}").encode()
            done = loaded(url, package(tmp_path / name, *(("claims.yaml", *each) for each in changes), source=source))
            assert rows(url, "SELECT quote FROM claim WHERE id = 'base.c3'") == [(words,)]
        assert not done.changed


def _inode(url: str) -> int:
    return Path(url.removeprefix("sqlite:///")).stat().st_ino if url.startswith("sqlite") else 0


class TestReplacing:
    def test_a_document_of_the_same_id_is_replaced(self, database_url: str, tmp_path: Path) -> None:
        loaded(database_url, package(tmp_path / "a", name="a"), package(tmp_path / "b", name="b"))
        changed = package(tmp_path / "new", ("claims.yaml", "It may rain.", "Rain may fall."), name="a")
        loaded(database_url, changed)
        found = rows(database_url, "SELECT id, statement FROM claim WHERE id LIKE '%c3' ORDER BY id")
        assert found == [("a.c3", "Rain may fall."), ("b.c3", "It may rain.")]

    def test_an_actor_goes_with_the_last_document_that_uses_it(self, database_url: str, tmp_path: Path) -> None:
        loaded(database_url, package(tmp_path / "a", name="a"))
        loaded(database_url, package(tmp_path / "b", ("actors.yaml", "[Alpha]", "[Alpha, Beta]"), name="b"))
        names = "SELECT document, name FROM actor_name WHERE actor = 'alpha' ORDER BY document, ordinal"
        assert rows(database_url, names) == [("a", "Alpha"), ("b", "Alpha"), ("b", "Beta")]
        assert rows(database_url, "SELECT mention_count FROM actor WHERE id = 'alpha'") == [(7,)]

        unload(store(database_url), "b", None, Steps())
        assert rows(database_url, "SELECT id, mention_count FROM actor ORDER BY id") == [("alpha", 3), ("gamma", 2)]
        unload(store(database_url), "a", None, Steps())
        assert rows(database_url, "SELECT count(*) FROM actor") == [(0,)]

    def test_what_was_never_loaded_cannot_be_unloaded(self, database_url: str, tmp_path: Path) -> None:
        loaded(database_url, package(tmp_path / "a", name="a"))
        with pytest.raises(Unusable, match="no document b is loaded; loaded: a"):
            unload(store(database_url), "b", None, Steps())

    def test_a_refused_load_leaves_what_was_there(self, database_url: str, tmp_path: Path) -> None:
        loaded(database_url, package(tmp_path / "a"))
        seen = published(database_url), _inode(database_url), everything(database_url)
        with pytest.raises(Refused):
            loaded(database_url, package(tmp_path / "b", ("claims.yaml", "[home]", "[house]")))
        assert (published(database_url), _inode(database_url), everything(database_url)) == seen
        if database_url.startswith("sqlite"):
            assert sorted(path.name for path in (tmp_path / "database").iterdir()) == ["sic.db", "sic.db.lock"]


class TestIdsAreNeverUsedAgain:
    def test_an_id_that_a_correction_took_out_is_refused(self, database_url: str, tmp_path: Path) -> None:
        loaded(database_url, package(tmp_path / "one"))
        again = FILES["events.yaml"] + FILES["events.yaml"].replace("base.e1", "base.e2")
        with pytest.raises(Refused) as refused:
            loaded(database_url, package(tmp_path / "two", files={"events.yaml": again}))
        [fault] = refused.value.faults
        assert str(fault) == (
            f"{tmp_path}/two/events.yaml:13: event id base.e2 was taken out by correction base.k1 of 2026-11-25; ids"
            " are never used again (to go back to an earlier edition, unload this one first)"
        )
        with pytest.raises(Refused):
            check(store(database_url), [tmp_path / "two"], Steps())
        unload(store(database_url), "base", None, Steps())
        assert loaded(database_url, tmp_path / "two").counts["events"] == 2

    def test_an_id_that_a_correction_names_stays_with_its_record(self, database_url: str, tmp_path: Path) -> None:
        loaded(database_url, package(tmp_path / "one"))
        loaded(database_url, package(tmp_path / "two", ("claims.yaml", "about twenty", "some twenty")))
        assert rows(database_url, "SELECT statement FROM claim WHERE id = 'base.c2'") == [
            ("Alpha met some twenty people in 1994.",)
        ]

    def test_an_actor_that_a_correction_took_out_may_come_back(self, database_url: str, tmp_path: Path) -> None:
        loaded(database_url, package(tmp_path / "one", ("corrections.yaml", "kind: place", "kind: actor, id: delta")))
        delta = FILES["actors.yaml"] + "- {id: delta, name: Delta, category: group, names: [Delta]}\n"
        loaded(database_url, package(tmp_path / "two", name="other", files={"actors.yaml": delta}))
        assert rows(database_url, "SELECT id FROM actor ORDER BY id") == [("alpha",), ("delta",), ("gamma",)]


class TestRollback:
    def test_it_publishes_the_content_of_before_and_is_undone_by_another(
        self, database_url: str, tmp_path: Path
    ) -> None:
        first = loaded(database_url, package(tmp_path / "a", name="a"))
        content = everything(database_url)
        second = loaded(database_url, package(tmp_path / "b", name="b"))
        both, before = everything(database_url), (published(database_url), _inode(database_url))

        assert rollback(store(database_url), tmp_path / "index", Steps()).snapshot == first.snapshot
        assert everything(database_url) == content
        assert (published(database_url), _inode(database_url)) != before
        assert list((tmp_path / "index").glob(f"{first.snapshot}-*"))
        assert rollback(store(database_url), None, Steps()).snapshot == second.snapshot
        assert everything(database_url) == both

        loaded(database_url, package(tmp_path / "c", name="c"))
        assert rows(database_url, "SELECT id FROM document ORDER BY id") == [("a",), ("b",), ("c",)]
        assert rollback(store(database_url), None, Steps()).snapshot == second.snapshot

    def test_there_has_to_be_something_to_go_back_to(self, database_url: str, tmp_path: Path) -> None:
        for _ in range(2):
            with pytest.raises(Unusable, match="no earlier generation is kept"):
                rollback(store(database_url), None, Steps())
            loaded(database_url, package(tmp_path / "a" / str(_), name="a"))

    def test_a_killed_rollback_leaves_one_of_the_two(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        url = f"sqlite:///{tmp_path / 'sic.db'}"
        snapshots = {loaded(url, package(tmp_path / name, name=name)).snapshot for name in "ab"}
        moves = []
        for fails in range(2):

            def replace(self: Path, target: Path, fails: int = fails) -> Path:
                moves.append(target)
                if len(moves) > fails:
                    raise KeyboardInterrupt
                return self.rename(target)

            moves.clear()
            with monkeypatch.context() as killed:
                killed.setattr(Path, "replace", replace)
                with pytest.raises(KeyboardInterrupt):
                    rollback(store(url), None, Steps())
            [(snapshot,)] = rows(url, "SELECT id FROM snapshot")
            assert snapshot in snapshots
        done = loaded(url, package(tmp_path / "c", name="c"))
        assert rows(url, "SELECT id FROM snapshot") == [(done.snapshot,)]

    def test_readers_never_lose_the_generation_that_is_served(self, postgresql: Postgres, tmp_path: Path) -> None:
        url = emptied(postgresql)
        for name in "ab":
            loaded(url, package(tmp_path / name, name=name))
        with psycopg.connect(url) as reader:
            assert reader.execute("SELECT count(*) FROM sic_g2.claim").fetchone() == (8,)
            rollback(store(url), None, Steps())
            assert reader.execute("SELECT count(*) FROM sic_g2.event").fetchone() == (2,)
        assert published(url) == "sic_g3"
        assert postgresql.execute("SELECT number FROM sic.generation ORDER BY 1") == [(2,), (3,)]


class TestTogether:
    def test_loads_wait_for_one_another(self, database_url: str, tmp_path: Path) -> None:
        folder = package(tmp_path / "base")
        held = store(database_url)
        env = {"SIC_DATABASE_URL": database_url}
        with held.locked(lambda: None):
            running = subprocess.Popen(
                [sys.executable, "-m", "api", "load", str(folder)],
                cwd=ROOT,
                env=os.environ | env,
                stdout=subprocess.PIPE,
            )
            with pytest.raises(subprocess.TimeoutExpired):
                running.wait(timeout=4)
        out, _ = running.communicate(timeout=60)
        assert out.startswith(b"loaded base;")


class TestPostgresql:
    @pytest.fixture
    def url(self, postgresql: Postgres) -> str:
        return emptied(postgresql)

    def test_a_generation_stays_a_while_for_those_who_read_it(
        self, url: str, postgresql: Postgres, tmp_path: Path
    ) -> None:
        def generations() -> list[str]:
            found = postgresql.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'sic\\_g%' ORDER BY 1")
            return [name for (name,) in found]

        for name in "abc":
            loaded(url, package(tmp_path / name, name=name))
        assert generations() == ["sic_g1", "sic_g2", "sic_g3"]
        postgresql.execute("UPDATE sic.generation SET published_at = published_at - interval '61 s' WHERE number = 2")
        loaded(url, package(tmp_path / "d", name="d"))
        assert generations() == ["sic_g2", "sic_g3", "sic_g4"]

    def test_what_was_never_published_is_dropped(self, url: str, postgresql: Postgres, tmp_path: Path) -> None:
        loaded(url, package(tmp_path / "a", name="a"))
        postgresql.execute("CREATE SCHEMA sic_g2; INSERT INTO sic.generation (number) VALUES (2)")
        loaded(url, package(tmp_path / "b", name="b"))
        assert published(url) == "sic_g2"
        assert rows(url, "SELECT id FROM document ORDER BY id") == [("a",), ("b",)]

    def test_a_role_may_read_and_nothing_else(self, url: str, postgresql: Postgres, tmp_path: Path) -> None:
        postgresql.execute("CREATE ROLE stranger LOGIN PASSWORD 'stranger'; GRANT CONNECT ON DATABASE sic TO stranger")
        load(store(url, "stranger"), [package(tmp_path / "a")], None, Steps())
        with psycopg.connect(postgresql.url("stranger", "stranger"), autocommit=True) as connection:
            schema = published(url)
            assert connection.execute(f"SELECT count(*) FROM {schema}.claim".encode()).fetchone() == (4,)
            for statement in (f"DELETE FROM {schema}.claim", "UPDATE sic.generation SET published_at = NULL"):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    connection.execute(statement.encode())

    def test_constraints_and_indexes_are_those_of_the_migrations(
        self, url: str, postgresql: Postgres, tmp_path: Path
    ) -> None:
        loaded(url, package(tmp_path / "a"))
        foreign = "SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND connamespace = 'sic_g1'::regnamespace"
        assert postgresql.execute(foreign) == [(sum(len(table.foreign_keys) for table in metadata.tables.values()),)]
        indexes = "SELECT indexname FROM pg_indexes WHERE schemaname = 'sic_g1' AND indexname LIKE 'ix%'"
        wanted = {index.name for table in metadata.tables.values() for index in table.indexes}
        assert {name for (name,) in postgresql.execute(indexes)} == wanted


class TestCommandLine:
    def test_a_package_is_loaded_checked_and_unloaded(self, database_url: str, tmp_path: Path) -> None:
        env = {"SIC_DATABASE_URL": database_url}
        folder = package(tmp_path / "base")
        counts = "2 actors, 4 claims, 1 correction, 1 document, 1 event, 1 obstacle, 1 place, 2 positions, 2 relations"
        said = [
            (("migrate",), "published an empty snapshot at revision 0002"),
            (("migrate",), "already at revision 0002"),
            (("load", folder), f"loaded base; snapshot .*: {counts}"),
            (("load", folder), "base already loaded, nothing changed; snapshot "),
            (("check", folder, "--complete"), "sentences accounted for: 7/7"),
            (("rollback",), "published snapshot e3b0c44298fc1c14 again: no documents"),
            (("rollback",), "again: base"),
            (("unload", "base"), "unloaded base; snapshot "),
        ]
        for arguments, expected in said:
            done = sic(*arguments, env=env)
            assert (done.returncode, done.stderr) == (0, "")
            head, _, tail = expected.partition(".*")
            assert head in done.stdout
            assert tail in done.stdout

    def test_every_fault_is_a_line_and_the_last_says_that_nothing_was_loaded(self, tmp_path: Path) -> None:
        folder = package(
            tmp_path / "base", ("claims.yaml", "[home]", "[house]"), ("events.yaml", "status: occurred", "status: x")
        )
        for command in ("load", "check"):
            done = sic(command, folder, env={"SIC_DATABASE_URL": f"sqlite:///{tmp_path / 'sic.db'}"})
            assert (done.returncode, done.stdout) == (1, "")
            first, second, last = done.stderr.splitlines()
            assert first.startswith(f"{folder}/claims.yaml:7: there is no topic house")
            assert second.startswith(f"{folder}/events.yaml:4: `status`: 'x' is none of")
            assert last == "sic: 2 faults; nothing was loaded"
            assert not (tmp_path / "sic.db").exists()

    def test_a_warning_is_a_fault_where_everything_must_be_accounted_for(self, tmp_path: Path) -> None:
        folder = package(
            tmp_path / "base", ("document.yaml", "  - {quote: Nobody knew, reason: It says nothing.}\n", "")
        )
        env = {"SIC_DATABASE_URL": f"sqlite:///{tmp_path / 'sic.db'}"}
        done = sic("check", folder, env=env)
        assert done.returncode == 0
        assert done.stderr.startswith("warning: ")
        assert "sentences accounted for: 6/7" in done.stdout
        assert sic("check", folder, "--complete", env=env).returncode == 1

    @pytest.mark.parametrize(
        ("arguments", "url", "status", "message"),
        [
            (("load", "nowhere"), "sqlite:///{}/sic.db", 2, "Directory 'nowhere' does not exist"),
            (("load",), "sqlite:///{}/sic.db", 2, "Missing argument"),
            (("unload", "base"), "sqlite:///{}/sic.db", 1, "sic: no document base is loaded; loaded: none"),
            (("migrate",), "postgresql://nobody@127.0.0.1:1/sic", 1, "sic: connection failed"),
            (("migrate",), "sqlite:////dev/null/sic.db", 1, "sic: [Errno 17] File exists: '/dev/null'"),
            (("migrate",), "mysql://x/y", 2, "SIC_DATABASE_URL"),
        ],
    )
    def test_what_cannot_be_done_is_told_in_a_line(
        self, arguments: tuple[str, ...], url: str, status: int, message: str, tmp_path: Path
    ) -> None:
        done = sic(*arguments, env={"SIC_DATABASE_URL": url.format(tmp_path)})
        assert (done.returncode, done.stdout) == (status, "")
        assert message in done.stderr
        assert "Traceback" not in done.stderr

    def test_a_file_that_is_no_database_is_told_in_a_line(self, tmp_path: Path) -> None:
        (tmp_path / "sic.db").write_bytes(b"not a database" * 1000)
        done = sic("migrate", env={"SIC_DATABASE_URL": f"sqlite:///{tmp_path / 'sic.db'}"})
        assert (done.returncode, done.stderr) == (1, "sic: file is not a database; nothing was changed\n")

    def test_thousands_of_packages_are_a_folder(self, tmp_path: Path) -> None:
        write(tmp_path / "corpus", 60, 30, seed=1)
        (tmp_path / "corpus" / "notes").mkdir()
        done = loaded(f"sqlite:///{tmp_path / 'sic.db'}", tmp_path / "corpus")
        assert (done.counts["documents"], done.counts["claims"]) == (30, 60)


def test_serving_imports_nothing_that_only_loading_needs() -> None:
    only_loading = ("yaml", "edtf", "sentencex", "alembic", "seed")
    program = f"import sys, api.main; print([name for name in {only_loading} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_the_text_index_is_the_same_when_another_process_reads_for_it(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def files(root: Path) -> list[list[int]]:
        """Size and checksum of each file; their names are chance."""
        monkeypatch.setattr("seed.indexing.ALONE", 0 if root.name == "apart" else 1_000_000)
        load(store(database_url), [folder], root, Steps())
        [manifest] = root.glob(f"*/{MANIFEST}")
        unload(store(database_url), "base", None, Steps())
        found: dict[str, list[int]] = json.loads(manifest.read_text())["files"]
        return sorted(sums for name, sums in found.items() if not name.endswith(".json"))

    folder = package(tmp_path / "base")
    assert files(tmp_path / "apart") == files(tmp_path / "alone")


def test_a_process_that_reads_for_the_text_index_and_fails_says_why() -> None:
    with (
        entries_apart(partial(sqlalchemy_connection, "sqlite://")) as read,
        pytest.raises(Unusable, match="no such table"),
    ):
        list(read("claim"))


def test_a_process_that_reads_for_the_text_index_and_dies_is_not_waited_for() -> None:
    with entries_apart(partial(os._exit, 1)) as read, pytest.raises(Unusable, match="ended"):
        list(read("claim"))


def sqlalchemy_connection(url: str) -> Connection:
    return create_engine(url).connect()


def test_a_database_that_counts_bytes_is_refused(postgresql: Postgres, tmp_path: Path) -> None:
    postgresql.execute("DROP DATABASE IF EXISTS bytes")
    postgresql.execute("CREATE DATABASE bytes ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0")
    url = postgresql.url().removesuffix("sic") + "bytes"
    with pytest.raises(Unusable, match=r"SQL_ASCII.*make one in UTF8"):
        loaded(url, package(tmp_path / "base"))
