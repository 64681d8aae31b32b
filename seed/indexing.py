"""The text index of a new generation. A process of its own reads the entries of a large one."""

import gc
import re
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from multiprocessing import get_context
from multiprocessing.connection import Connection as Pipe
from pathlib import Path

from sqlalchemy import Connection
from sqlmodel import Session, select

from api.model.tables import Snapshot
from seed.faults import Unusable

ALONE = 20_000  # records that one process reads and writes sooner than another starts
BATCH = 500  # entries sent at once
INDEX = re.compile(r"[0-9a-f]{16}-\w+(\..*)?")
ABANDONED_SECONDS = 3600  # after which an unfinished index is what a killed process left

Opener = Callable[[], Connection]  # opens what is being built; can be sent to another process


def index_text(root: Path | None, opened: Opener) -> None:
    """Builds the index of the content, unless it is there or indexes live in memory."""
    if root is None:
        return
    from api.search import build

    with opened() as connection, Session(connection) as session:
        snapshot = session.exec(select(Snapshot)).one()
        if sum(snapshot.counts.values()) < ALONE:
            build(connection, root, snapshot.id)
        else:
            with entries_apart(opened) as read:
                build(connection, root, snapshot.id, read)


def drop_stale_indexes(root: Path | None, current: str | None, keep_seconds: float) -> None:
    """Removes the indexes of snapshots that were superseded more than `keep_seconds` ago."""
    if root is None or current is None or not root.is_dir():
        return
    now = time.time()
    ages = {path: now - path.stat().st_mtime for path in root.iterdir() if INDEX.fullmatch(path.name)}
    for path, age in ages.items():
        if path.name.endswith(".next"):
            stale = age > ABANDONED_SECONDS
        else:
            stale = min(ages.values()) > keep_seconds and not path.name.startswith(current)
        if stale:
            shutil.rmtree(path, ignore_errors=True)


@contextmanager
def entries_apart(opened: Opener) -> Iterator[Callable[[str], Iterator[str]]]:
    """Entries of a kind, as api.search.build takes them. Raises Unusable when the process that reads them ends."""
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    reader = context.Process(target=_serve, args=(theirs, opened), daemon=True)
    reader.start()
    theirs.close()

    def read(kind: str) -> Iterator[str]:
        try:
            ours.send(kind)
            while isinstance(received := ours.recv(), bytes):
                yield from received.decode().split("\n")
        except (EOFError, ConnectionError):
            raise Unusable("a process that reads for the text index ended; is there too little memory?") from None
        if received is not None:
            raise Unusable(str(received))

    try:
        yield read
    finally:
        reader.terminate()
        reader.join()
        ours.close()


def _serve(pipe: Pipe, opened: Opener) -> None:
    """The loop of a reading process: it receives a kind, and sends its entries and then None.

    It ends with the process that started it.
    """
    from api.search import entries

    gc.disable()  # as where packages are read
    try:
        with opened() as connection:
            while True:
                lines = entries(connection, pipe.recv())
                while batch := "\n".join(islice(lines, BATCH)):
                    pipe.send(batch.encode())
                pipe.send(None)
    except (EOFError, ConnectionError):
        return
    except Exception as error:  # sent to the process that waits, which ends everything
        pipe.send(f"reading for the text index failed: {error}")
