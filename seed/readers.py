"""Reads packages, in several processes if there is enough to read. Each process stages into a shard of its own."""

import gc
import os
import signal
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import cast

from seed.check import Outcome, examine
from seed.faults import Unusable
from seed.package import size
from seed.stage import Shard

ALONE = 8_000_000  # bytes that one process reads sooner than others start
AHEAD = 2  # packages that a reader gets in advance, so that it never waits


def read(
    folders: list[Path],
    scratch: Path,
    advance: Callable[[int], None],
    processes: int | None = None,
    advises: bool = False,
) -> tuple[list[Outcome], list[Path]]:
    """The outcome of each package, in the order of `folders`, and the shards of staged rows. Raises Unusable."""
    sizes = {folder: size(folder) for folder in folders}
    count = processes or (min(len(folders), os.cpu_count() or 1) if sum(sizes.values()) > ALONE else 1)
    shards = [scratch / f"shard{number}.db" for number in range(1, count + 1)]
    if count == 1:
        shard = Shard(shards[0], 1)
        outcomes = {folder: examine(folder, shard, advance, advises) for folder in folders}
        shard.close()
    else:
        outcomes = _shared(sorted(folders, key=lambda folder: -sizes[folder]), shards, advance, advises)
    return [outcomes[folder] for folder in folders], shards


def _shared(
    waiting: list[Path], shards: list[Path], advance: Callable[[int], None], advises: bool
) -> dict[Path, Outcome]:
    context = get_context("spawn")
    readers: dict[Connection, BaseProcess] = {}
    outcomes: dict[Path, Outcome] = {}
    for number, path in enumerate(shards, 1):
        ours, theirs = context.Pipe()
        readers[ours] = reader = context.Process(target=_serve, args=(theirs, path, number, advises), daemon=True)
        reader.start()
        theirs.close()
    try:
        queue = iter(waiting)
        for idle in list(readers) * AHEAD:
            idle.send(next(queue, None))
        while readers:
            for ready in wait(list(readers)):
                pipe = cast("Connection", ready)
                match pipe.recv():
                    case int(count):
                        advance(count)
                    case Outcome() as outcome:
                        outcomes[Path(outcome.folder)] = outcome
                        pipe.send(next(queue, None))
                    case None:
                        pipe.close()
                        readers.pop(pipe).join()
                    case failure:
                        raise Unusable(str(failure))
    except (EOFError, ConnectionError):
        raise Unusable("a reading process ended; is there too little memory?") from None
    finally:
        for left in readers.values():
            left.terminate()
            left.join()
    return outcomes


def _serve(pipe: Connection, path: Path, number: int, advises: bool) -> None:
    """The loop of a reading process: it receives folders, and sends outcomes and progress, until it receives None.

    It ends with the process that started it.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()  # records refer to nothing in circles; looking for circles takes a twelfth of the time
    try:
        shard = Shard(path, number)
        while (folder := pipe.recv()) is not None:
            pipe.send(examine(folder, shard, pipe.send, advises))
        shard.close()
        pipe.send(None)
        while True:
            pipe.recv()
    except (EOFError, ConnectionError):
        return
    except Exception as error:  # sent to the process that waits, which ends everything
        pipe.send(f"reading failed: {error}")
