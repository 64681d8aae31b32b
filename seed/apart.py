"""What the text index is told of a large generation is read by a process of its own, beside the one that writes it."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from multiprocessing import get_context
from multiprocessing.connection import Connection as Pipe

from sqlalchemy import Connection

from seed.faults import Unusable

ALONE = 20_000  # records that one process reads and writes sooner than another starts
BATCH = 500  # entries sent at once

Opener = Callable[[], Connection]  # opens what is being built; can be sent to another process


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
            while isinstance(sent := ours.recv(), bytes):
                yield from sent.decode().split("\n")
        except (EOFError, ConnectionError):
            raise Unusable("a process that reads for the text index ended; is there too little memory?") from None
        if sent is not None:
            raise Unusable(str(sent))

    try:
        yield read
    finally:
        reader.terminate()
        reader.join()
        ours.close()


def _serve(pipe: Pipe, opened: Opener) -> None:
    """Kinds come in, their entries go out, then None. Ends with who started it."""
    from api.search import entries

    gc.disable()  # as where packages are read
    try:
        with opened() as connection:
            while True:
                found = entries(connection, pipe.recv())
                while batch := "\n".join(islice(found, BATCH)):
                    pipe.send(batch.encode())
                pipe.send(None)
    except (EOFError, ConnectionError):
        return
    except Exception as error:  # told to whoever waits, who ends everything
        pipe.send(f"reading for the text index failed: {error}")
