"""Several processes on one address: one listens and hands each connection to the worker that has fewest.

The kernel would share connections out by chance, by SO_REUSEPORT as from one listening socket: of 64 a worker of two
then often gets less than 40 %. Handing one on costs this process some 30 microseconds and the worker nothing.
"""

import logging
import os
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from multiprocessing.connection import Connection
from threading import Lock

from api.server.process import CLOSED, DRAIN, FINISHING_SECONDS, READY, STARTED, UNREADY

log = logging.getLogger("sic")

RESTART_SECONDS = 1.0  # after which a worker that ended is replaced
ANSWER_SECONDS = 2.0  # that a worker may take to tell its metrics
AT_ONCE = 64  # connections that are accepted before workers are listened to


class Worker:
    """A process, and how it is spoken to."""

    def __init__(self, command: Sequence[str], number: int) -> None:
        self.number = number
        self.channel, theirs = socket.socketpair()
        self.channel.setblocking(False)
        inquiries, their_inquiries = socket.socketpair()
        with theirs, their_inquiries:
            descriptors = (theirs.fileno(), their_inquiries.fileno())
            arguments = [*command, *map(str, descriptors)]
            environment = {"PYTHONMALLOC": "malloc"} | os.environ  # docs/operating.md, Memory
            self.process = subprocess.Popen(arguments, pass_fds=descriptors, env=environment)  # noqa: S603 - our own
        self._inquiries = Connection(inquiries.detach())
        self._asking = Lock()
        self.started = self.ready = False
        self.connections = 0

    @property
    def rank(self) -> tuple[bool, bool, int]:
        """The lowest gets the next connection."""
        return not self.started, not self.ready, self.connections

    def hand_on(self, connection: socket.socket) -> bool:
        try:
            socket.send_fds(self.channel, [b"c"], [connection.fileno()])
        except OSError:  # it is dead, or has taken none for a long time
            return False
        self.connections += 1
        return True

    def listen(self) -> bool:
        """Take what it tells; False when it has ended."""
        try:
            message = self.channel.recv(65_536)
        except BlockingIOError:
            return True
        except OSError:
            return False
        self.started = self.started or STARTED in message
        if READY in message or UNREADY in message:
            self.ready = message.rfind(READY) > message.rfind(UNREADY)
            log.info("a worker is ready" if self.ready else "a worker is not ready", extra={"worker": self.number})
        self.connections -= message.count(CLOSED)
        return bool(message)

    def metrics(self) -> bytes | None:
        """From any thread; None when it does not answer in time."""
        with self._asking:
            try:
                self._inquiries.send_bytes(b"?")
                return self._inquiries.recv_bytes() if self._inquiries.poll(ANSWER_SECONDS) else None
            except (OSError, EOFError):
                return None

    def close(self) -> None:
        self.channel.close()
        with self._asking:
            self._inquiries.close()


class Supervisor:
    """`command` starts a worker, with its channel and its inquiries as last arguments."""

    def __init__(
        self,
        listener: socket.socket,
        command: Sequence[str],
        count: int,
        drain_seconds: float,
        workers: list[Worker],
    ) -> None:
        self._listener, self._command, self._count, self._drain_seconds = listener, command, count, drain_seconds
        self.workers = workers  # those that run; others read it
        self._due: list[tuple[float, int]] = []  # when to start which worker anew
        self._ends: float | None = None  # when to stop listening
        self._selector = selectors.DefaultSelector()
        self._accepting = False

    def run(self) -> None:
        """Until SIGTERM or SIGINT, and then until every worker has ended."""
        woken, wakes = socket.socketpair()
        woken.setblocking(False)
        wakes.setblocking(False)
        signal.set_wakeup_fd(wakes.fileno())
        for sig in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sig, self._signalled)
        self._listener.setblocking(False)
        for number in range(1, self._count + 1):
            self._start(number)
        self._selector.register(woken, selectors.EVENT_READ, woken)
        while self._ends is None or time.monotonic() < self._ends:
            self._listen_if_any_has_started()
            events = self._selector.select(self._until_due())
            events.sort(key=lambda event: event[0].data is self._listener)  # first what workers tell, then who is next
            for key, _ in events:
                if key.data is self._listener:
                    self._accept()
                elif isinstance(key.data, Worker):
                    if not key.data.listen():
                        self._ended(key.data)
                else:
                    woken.recv(100)
            self._start_due()
        self._finish()

    def _start(self, number: int) -> None:
        worker = Worker(self._command, number)
        self.workers.append(worker)
        self._selector.register(worker.channel, selectors.EVENT_READ, worker)

    def _signalled(self, sig: int, _frame: object) -> None:
        drain = self._drain_seconds if sig == signal.SIGTERM and self._ends is None else 0
        self._ends = time.monotonic() + drain
        for worker in self.workers:
            try:
                worker.channel.send(DRAIN)
            except OSError:
                continue

    def _listen_if_any_has_started(self) -> None:
        """Until then connections wait in the backlog."""
        started = any(worker.started for worker in self.workers)
        if started and not self._accepting:
            self._selector.register(self._listener, selectors.EVENT_READ, self._listener)
        elif self._accepting and not started:
            self._selector.unregister(self._listener)
        self._accepting = started

    def _accept(self) -> None:
        for _ in range(AT_ONCE):
            try:
                connection, _ = self._listener.accept()
            except BlockingIOError:
                return
            except OSError as error:  # no descriptors: those who wait try again
                log.warning("a connection cannot be accepted", extra={"reason": str(error)})
                time.sleep(0.05)
                return
            with connection:
                for worker in sorted(self.workers, key=lambda worker: worker.rank):
                    if worker.hand_on(connection):
                        break

    def _ended(self, worker: Worker) -> None:
        self._selector.unregister(worker.channel)
        self.workers.remove(worker)
        worker.close()
        code = worker.process.wait()
        log.warning("a worker ended and is replaced", extra={"worker": worker.number, "exit": code})
        self._due.append((time.monotonic() + RESTART_SECONDS, worker.number))

    def _until_due(self) -> float | None:
        times = [due for due, _ in self._due] + ([self._ends] if self._ends is not None else [])
        return max(0.0, min(times) - time.monotonic()) if times else None

    def _start_due(self) -> None:
        if self._ends is not None:
            return
        for due, number in [pair for pair in self._due if pair[0] <= time.monotonic()]:
            self._due.remove((due, number))
            self._start(number)

    def _finish(self) -> None:
        """A channel that is shut tells a worker to end, after it has taken what was handed on before."""
        self._listener.close()
        for worker in self.workers:
            worker.channel.shutdown(socket.SHUT_WR)
        ends = time.monotonic() + FINISHING_SECONDS + 2
        for worker in self.workers:
            try:
                worker.process.wait(max(0.0, ends - time.monotonic()))
            except subprocess.TimeoutExpired:
                worker.process.kill()
                worker.process.wait()


def bound(host: str, port: int) -> socket.socket:
    """A listening socket. Exits with the reason when the address cannot be used."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        sys.exit(f"sic: [Errno {error.errno}] error while attempting to bind on {host}:{port}: {error.strerror}")
