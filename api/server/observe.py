"""What operators see: one JSON log line a request, and Prometheus metrics.

Traces are FastAPI's own, switched on by OpenTelemetry's standard variables (docs/operating.md).
"""

import asyncio
import json
import logging
import sys
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from json.encoder import encode_basestring_ascii as quoted  # what json.dumps does to a string, without its options
from threading import Thread
from time import perf_counter, time
from typing import Any, TextIO

from api.content.snapshot import Serving
from api.settings import Settings

BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})  # others are one label
EXPOSITION = "text/plain; version=0.0.4; charset=utf-8"
STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message"}

log = logging.getLogger("sic")


class JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {name: value for name, value in vars(record).items() if name not in STANDARD}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


def log_to(stream: TextIO) -> None:
    """Everything that is logged, as JSON lines on one stream."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)


class Observer:
    """Counts and logs answers; cheap enough to stand in front of remembered ones."""

    def __init__(self, settings: Settings, stream: TextIO = sys.stdout) -> None:
        self._write = stream.write if settings.access_log == "on" else None
        self._flush = stream.flush
        self._requests: dict[tuple[str, str, int], int] = defaultdict(int)
        self._latency: dict[str, list[int]] = defaultdict(lambda: [0] * (len(BUCKETS) + 1))
        self._seconds: dict[str, float] = defaultdict(float)
        self._hits = self._misses = 0

    def answered(
        self,
        method: str,
        route: str,
        scope: Any,
        status: int,
        began: float,
        request_id: bytes,
        snapshot: str | None,
        *,
        hit: bool,
    ) -> None:
        seconds = perf_counter() - began
        self._requests[method if method in METHODS else "other", route, status] += 1
        self._latency[route][bisect_left(BUCKETS, seconds)] += 1
        self._seconds[route] += seconds
        if hit:
            self._hits += 1
        else:
            self._misses += 1
        if self._write is not None:
            path = scope["raw_path"].decode("latin-1")
            query = scope["query_string"].decode("latin-1")
            self._write(
                f'{{"time":{time():.3f},"request_id":"{request_id.decode()}","method":{quoted(method)},'
                f'"path":{quoted(path)},"query":{quoted(query)},"route":"{route}","status":{status},'
                f'"ms":{seconds * 1000:.3f},"remembered":{"true" if hit else "false"},'
                f'"snapshot":{quoted(snapshot) if snapshot else "null"}}}\n'
            )

    async def keep_written(self) -> None:
        """Lines are written in blocks; none waits longer than half a second."""
        while True:
            await asyncio.sleep(0.5)
            self._flush()

    def failed(self, scope: Any, request_id: bytes) -> None:
        path = scope["raw_path"].decode("latin-1")
        log.exception("request failed", extra={"request_id": request_id.decode(), "path": path})

    def metrics(self, gauges: dict[str, float], snapshot: str | None) -> str:
        """Prometheus text exposition format 0.0.4; from any thread."""
        lines = ["# HELP sic_requests_total Answers sent.", "# TYPE sic_requests_total counter"]
        for (method, route, status), number in sorted(self._requests.copy().items()):
            lines.append(
                f'sic_requests_total{{method="{_label(method)}",route="{_label(route)}",status="{status}"}} {number}'
            )
        lines += ["# HELP sic_request_seconds Time to answer.", "# TYPE sic_request_seconds histogram"]
        for route, counts in sorted(self._latency.copy().items()):
            total = 0
            for bound, number in zip((*BUCKETS, "+Inf"), counts, strict=True):
                total += number
                lines.append(f'sic_request_seconds_bucket{{route="{_label(route)}",le="{bound}"}} {total}')
            lines.append(f'sic_request_seconds_sum{{route="{_label(route)}"}} {self._seconds[route]:.6f}')
            lines.append(f'sic_request_seconds_count{{route="{_label(route)}"}} {total}')
        lines += [
            "# HELP sic_answers_total Answers by whether they were remembered.",
            "# TYPE sic_answers_total counter",
            f'sic_answers_total{{remembered="true"}} {self._hits}',
            f'sic_answers_total{{remembered="false"}} {self._misses}',
        ]
        for name, value in gauges.items():
            lines += [f"# TYPE {name} gauge", f"{name} {value}"]
        if snapshot:
            lines += ["# TYPE sic_snapshot_info gauge", f'sic_snapshot_info{{snapshot="{snapshot}"}} 1']
        return "\n".join(lines) + "\n"


def traced(environment: Mapping[str, str]) -> bool:
    """Whether OpenTelemetry's standard variables name a place to export to."""
    names = (
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        *(f"OTEL_EXPORTER_OTLP_{kind}_ENDPOINT" for kind in ("TRACES", "METRICS", "LOGS")),
    )
    return any(environment.get(name) for name in names)


def exposition(observer: Observer, serving: Serving) -> str:
    return observer.metrics(serving.gauges(), serving.current.id if serving.current else None)


def serve_metrics(host: str, port: int, metrics: Callable[[], str]) -> ThreadingHTTPServer:
    """GET /metrics on a port of its own, from a thread of its own: also when all else is busy. Raises OSError."""

    class Metrics(BaseHTTPRequestHandler):
        timeout = 5

        def do_GET(self) -> None:
            found = self.path.partition("?")[0] == "/metrics"
            body = metrics().encode() if found else b""
            self.send_response(200 if found else 404)
            for name, value in (("Content-Type", EXPOSITION), ("Content-Length", str(len(body)))):
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Scrapes are no requests of users."""

        def version_string(self) -> str:
            return "sic"

    server = ThreadingHTTPServer((host, port), Metrics)
    server.daemon_threads = True
    Thread(target=server.serve_forever, name="metrics", daemon=True).start()
    return server


def _label(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")[:100]
