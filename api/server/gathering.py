"""Every metric of a process, with its name and meaning. docs/operating.md lists them."""

from collections import Counter
from collections.abc import Iterator
from platform import python_version

from sqlalchemy import QueuePool

from api import __version__
from api.content.snapshot import Serving
from api.server import refusals
from api.server.edge import Edge
from api.server.metrics import Family, Labels, counter, gauge, histogram, process_families
from api.server.observer import Observer, Times
from api.server.protocol import BoundedProtocol


def families(edge: Edge) -> list[Family]:
    """From any thread."""
    return [*_requests(edge.observer), *_work(edge), *_content(edge.serving), *_process()]


def _requests(observer: Observer) -> Iterator[Family]:
    hits = observer.hits.copy()
    requests = Counter(observer.requests.copy())
    for route, times in hits.items():
        requests["GET", route, 200] += sum(times.counts)
    yield counter("sic_requests", "Responses.", ("method", "route", "status"), requests)
    labels = ("route", "remembered")
    for name, help, times_by in (
        ("sic_first_byte_seconds", "Time from a request to the first byte of its response.", observer.first_bytes),
        ("sic_response_seconds", "Time from a request to the last byte of its response.", observer.responses),
    ):
        yield histogram(name, help, labels, _with_hits(times_by.copy(), hits))
    yield counter("sic_response_bytes", "Content of responses.", ("route",), observer.sizes)
    yield counter("sic_unavailable", "Requests that were answered 503.", ("reason",), observer.unavailable)
    yield counter("sic_refused", "Connections and requests refused or cut off.", ("reason",), refusals.COUNTS)
    yield counter(
        "sic_abandoned", "Requests whose client left before the answer.", (), Counter({(): observer.abandoned})
    )
    log = observer.access_log
    yield counter("sic_access_log_lost_lines", "Lines not written.", (), Counter({(): log.lost if log else 0}))


def _work(edge: Edge) -> Iterator[Family]:
    yield gauge(
        "sic_requests_in_flight", "Requests that are being computed or answered.", edge.pages.taken + edge.long.taken
    )
    yield gauge("sic_long_responses_in_flight", "Those of them that are files or long pages.", edge.long.taken)
    yield gauge("sic_requests_queued", "Work that waits for a thread.", edge.workers.queued)
    yield histogram("sic_queue_wait_seconds", "Time that work waited for a thread.", (), {(): edge.observer.waits})
    yield gauge("sic_open_connections", "Connections of clients.", BoundedProtocol.open)


def _content(serving: Serving) -> Iterator[Family]:
    current = serving.current
    yield gauge("sic_ready", "Whether requests can be answered.", float(not serving.unready), "min")
    yield gauge("sic_behind", "Whether newer content cannot be served.", float(bool(serving.behind)), "max")
    published = current.database.generation.published_at if current else 0.0
    yield gauge(
        "sic_snapshot_published_timestamp_seconds", "When the content was published, as Unix time.", published, "min"
    )
    ids: dict[Labels, float] = {(current.id,): 1.0} if current else {}
    yield Family("sic_snapshot_info", "The snapshot that is served.", "gauge", ("snapshot",), ids, "max")
    in_memory = float(current.index_in_memory) if current else 0.0
    yield gauge("sic_index_in_memory", "Whether the text index has no directory.", in_memory, "max")
    yield gauge("sic_remembered_answers", "Answers kept in memory.", len(current.answers) if current else 0)
    yield gauge("sic_remembered_bytes", "Memory of the answers kept.", current.answers.size if current else 0)
    pool = current.database.engine.pool if current else None
    in_use, most = (pool.checkedout(), pool.size()) if isinstance(pool, QueuePool) else (0, 0)
    yield gauge("sic_database_connections_in_use", "Connections that are reading.", in_use)
    yield gauge("sic_database_connections_max", "Connections of the pool.", most)


def _process() -> Iterator[Family]:
    labels = ("version", "python")
    yield Family("sic_build_info", "The release.", "gauge", labels, {(__version__, python_version()): 1.0}, "max")
    yield gauge("sic_workers", "Processes that answer.", 1)
    yield from process_families()


def _with_hits(by: dict[tuple[str, bool], Times], hits: dict[str, Times]) -> dict[tuple[str, ...], Times]:
    """Remembered answers that were sent at once count among the others."""
    together: dict[tuple[str, ...], Times] = {}
    for (route, remembered), times in [*by.items(), *(((route, True), times) for route, times in hits.items())]:
        total = together.setdefault((route, "true" if remembered else "false"), Times())
        total.counts = [a + b for a, b in zip(total.counts, times.counts, strict=True)]
        total.total += times.total
    return together
