"""One JSON line for each request, under the names of OpenTelemetry's semantic conventions for HTTP.

A thread writes them. The event loop never waits for a disk or a reader, and lines that cannot be written are counted
and cost one warning.
"""

import logging
import os
from json.encoder import encode_basestring_ascii as quoted  # what json.dumps does to a string, without its options
from threading import Event, Thread
from time import gmtime, strftime, time
from typing import TextIO

from api.server.asgi import Scope

WRITTEN_EVERY = 0.25  # seconds
MOST_WAITING = 50_000  # lines; more are lost

log = logging.getLogger("sic")


class AccessLog:
    """Writes to the stream's file descriptor: what Python keeps in a buffer could never be dropped."""

    def __init__(self, stream: TextIO | None) -> None:
        self._stream = stream
        self._lines: list[str] = []
        self._second, self._prefix = 0, ""
        self._closing = Event()
        self._failing = False
        self.lost = 0
        self._thread: Thread | None = None

    def add(
        self,
        scope: Scope,
        *,
        method: str,
        route: str,
        status: int,
        size: int,
        seconds: float,
        request_id: bytes,
        snapshot: str | None,
        remembered: bool,
        client: str | None,
        agent: bytes,
    ) -> None:
        if len(self._lines) >= MOST_WAITING:
            self.lost += 1
            return
        now = time()
        if int(now) != self._second:
            self._second = int(now)
            self._prefix = strftime("%Y-%m-%dT%H:%M:%S", gmtime(now))
        self._lines.append(
            f'{{"timestamp":"{self._prefix}.{int(now % 1 * 1000):03}Z","severity_text":"INFO",'
            f'"event.name":"http.server.request","http.request.method":{quoted(method)},'
            f'"url.path":{quoted(scope["raw_path"].decode("latin-1"))},'
            f'"url.query":{quoted(scope["query_string"].decode("latin-1"))},"http.route":"{route}",'
            f'"http.response.status_code":{status},"http.response.body.size":{size},'
            f'"http.server.request.duration":{seconds:.6f},"client.address":{quoted(client) if client else "null"},'
            f'"user_agent.original":{quoted(agent.decode("latin-1")) if agent else "null"},'
            f'"sic.request_id":"{request_id.decode()}","sic.remembered":{"true" if remembered else "false"},'
            f'"sic.snapshot":{quoted(snapshot) if snapshot else "null"}}}\n'
        )

    def start(self) -> None:
        self._thread = Thread(target=self._keep_writing, name="access log", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Write what is left, for a second at most: nobody may be reading."""
        self._closing.set()
        if self._thread is not None:
            self._thread.join(1)

    def _keep_writing(self) -> None:
        while not self._closing.wait(WRITTEN_EVERY):
            self._write()
        self._write()

    def _write(self) -> None:
        lines, self._lines = self._lines, []
        if not lines:
            return
        try:
            if self._stream is None:
                raise OSError("it is closed")
            descriptor, left = self._stream.fileno(), memoryview("".join(lines).encode())
            while left:
                left = left[os.write(descriptor, left) :]
        except (OSError, ValueError) as error:
            self.lost += len(lines)
            if not self._failing:
                log.warning("the access log cannot be written; its lines are lost", extra={"reason": str(error)})
            self._failing = True
        else:
            self._failing = False
