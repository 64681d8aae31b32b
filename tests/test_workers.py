"""Worker threads take turns, and nobody waits long behind an answer that takes long."""

import asyncio
from functools import partial
from threading import Event, current_thread

import pytest

from api.server.workers import Workers


def test_work_that_takes_long_is_overtaken() -> None:
    async def ask() -> bool:
        workers, second = Workers(2, 1), Event()
        first, _ = await asyncio.gather(workers.run(lambda: second.wait(30)), workers.run(second.set))
        return first

    assert asyncio.run(ask())


def test_there_are_never_more_threads_than_allowed() -> None:
    """Each waits for the one behind it; with a thread less than there is work, the first waits in vain."""

    async def ask() -> list[bool]:
        workers, done = Workers(2, 1), [Event() for _ in range(3)]

        def chained(at: int) -> bool:
            found = at == 2 or done[at + 1].wait(0.5)
            done[at].set()
            return found

        return await asyncio.gather(*(workers.run(partial(chained, at)) for at in range(3)))

    assert asyncio.run(ask()).count(False) > 0


def test_short_work_is_done_by_one_thread_in_the_order_it_came(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.server.workers.PATIENCE", 30)

    async def ask() -> tuple[list[int], set[str]]:
        workers, order = Workers(8, 1), list[int]()

        def note(at: int) -> str:
            order.append(at)
            return current_thread().name

        names = await asyncio.gather(*(workers.run(partial(note, at)) for at in range(50)))
        return order, set(names)

    order, names = asyncio.run(ask())
    assert order == list(range(50))
    assert len(names) == 1


def test_what_work_raises_is_raised_where_it_is_waited_for() -> None:
    def fail() -> None:
        raise LookupError("none")

    with pytest.raises(LookupError, match="none"):
        asyncio.run(Workers(1, 1).run(fail))


def test_a_cancelled_task_waits_for_its_work_to_end() -> None:
    """The snapshot that the work reads is let go after it, never during it."""

    async def ask() -> bool:
        begun, let_go, ended = Event(), Event(), Event()

        def work() -> None:
            begun.set()
            let_go.wait(30)
            ended.set()

        task = asyncio.create_task(Workers(1, 1).run(work))
        await asyncio.to_thread(begun.wait, 30)
        task.cancel()
        await asyncio.sleep(0)
        let_go.set()
        with pytest.raises(asyncio.CancelledError):
            await task
        return ended.is_set()

    assert asyncio.run(ask())
