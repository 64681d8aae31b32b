"""A process that answers: uvicorn with this package's protocol, and an end that refuses nobody.

On SIGTERM it is unready first and goes on to listen for SIC_DRAIN_SECONDS, in which load balancers notice; then it
finishes what was begun. Where several processes answer, the one that listens hands connections on and says when to end
(api/server/supervisor.py).
"""

import asyncio
import logging
import signal
import sys
from contextlib import suppress
from socket import recv_fds, socket
from types import FrameType
from typing import Any

import uvicorn

from api.server.edge import Edge
from api.server.memory import bound_memory
from api.server.protocol import BoundedProtocol

FINISHING_SECONDS = 8  # that responses which were begun may still take
SWITCH_SECONDS = 0.001  # after which a thread that computes lets the event loop run; Python's own 5 ms are felt
# What a supervisor and its workers tell each other, in bytes.
DRAIN = b"d"  # be unready
STARTED, READY, UNREADY, CLOSED = b"s", b"r", b"u", b"."  # it takes connections; it answers, or not; one has ended
READINESS_SECONDS = 0.1  # between two looks at it

log = logging.getLogger("sic")


def run(edge: Edge, host: str, port: int, channel: socket | None = None) -> None:
    """Answer until the process is told to end. `channel` brings connections, instead of a port of its own."""
    config = uvicorn.Config(
        edge,
        host=host,
        port=port,
        http=BoundedProtocol,
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=FINISHING_SECONDS,
    )
    sys.setswitchinterval(SWITCH_SECONDS)
    bound_memory()
    process = Process(config, edge, channel)
    process.run()
    if not process.started:
        sys.exit(1)


class Process(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, edge: Edge, channel: socket | None) -> None:
        super().__init__(config)
        self._edge, self._channel = edge, channel
        self._arriving: set[asyncio.Task[Any]] = set()
        self._closed = 0  # connections that ended and were not told of
        self._loop: asyncio.AbstractEventLoop
        self._telling: asyncio.Task[None]

    async def startup(self, sockets: list[socket] | None = None) -> None:
        self._loop = asyncio.get_running_loop()
        if self._channel is None:
            return await super().startup(sockets)
        await super().startup(sockets=[])
        self._channel.setblocking(False)
        self._loop.add_reader(self._channel, self._receive, self._channel)
        BoundedProtocol.on_lost = self._count_closed
        self._channel.send(STARTED)
        self._telling = self._loop.create_task(self._tell_readiness(self._channel))
        return None

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """The first SIGTERM begins to drain; any other signal ends the process. A worker is ended by its supervisor."""
        if self._channel is not None:
            return
        first = not self._edge.serving.draining
        self._drain()
        if sig == signal.SIGTERM and first and self._edge.settings.drain_seconds:
            self._captured_signals.append(sig)
            self._loop.call_soon_threadsafe(self._loop.call_later, self._edge.settings.drain_seconds, self._end)
        else:
            super().handle_exit(sig, frame)

    def _drain(self) -> None:
        self._edge.serving.draining = BoundedProtocol.draining = True

    def _end(self) -> None:
        self.should_exit = True

    def _receive(self, channel: socket) -> None:
        try:
            message, descriptors, _, _ = recv_fds(channel, 1, 1)
        except BlockingIOError:
            return
        except ConnectionResetError:  # the supervisor was killed and had not read all that this process told it
            message, descriptors = b"", []
        for descriptor in descriptors:
            connection = socket(fileno=descriptor)
            connection.setblocking(False)
            task = self._loop.create_task(self._loop.connect_accepted_socket(self._protocol, connection))
            self._arriving.add(task)
            task.add_done_callback(self._arriving.discard)
        if message == DRAIN:
            self._drain()
        elif not message:
            self._loop.remove_reader(channel)
            self._telling.cancel()
            self._drain()
            self._end()

    def _protocol(self) -> asyncio.Protocol:
        return BoundedProtocol(self.config, self.server_state, self.lifespan.state)

    async def _tell_readiness(self, channel: socket) -> None:
        """The supervisor prefers workers that are ready: one that starts has no content yet."""
        announced = False
        while True:
            ready = not self._edge.serving.unready
            if ready != announced:
                with suppress(OSError):
                    channel.send(READY if ready else UNREADY)
                    announced = ready
            await asyncio.sleep(READINESS_SECONDS)

    def _count_closed(self) -> None:
        """Tell the supervisor, which gives the next connection to the worker that has fewest."""
        assert self._channel is not None
        self._closed += 1
        with suppress(OSError):
            self._closed -= self._channel.send(CLOSED * self._closed)
