"""Gives memory back to the system after a rush.

glibc keeps what was freed: in an arena for each thread, and below whatever is still in use at its top. Here threads
come and go, and pages of some megabytes with them.
"""

import ctypes
import logging
from threading import Event, Thread

ARENAS = 1  # more would keep more, and only one thread computes at a time
TRIM_SECONDS = 20.0  # between two times that what is free is given back, each of some milliseconds
M_ARENA_MAX = -8  # <malloc.h>

log = logging.getLogger("sic")


def bound_memory() -> None:
    """Before threads start. Does nothing where the C library is not glibc."""
    library = ctypes.CDLL(None)
    if not hasattr(library, "malloc_trim"):
        return
    library.mallopt(M_ARENA_MAX, ARENAS)

    def trim() -> None:
        never = Event()
        while not never.wait(TRIM_SECONDS):
            library.malloc_trim(0)  # without the interpreter's lock

    Thread(target=trim, name="memory", daemon=True).start()
