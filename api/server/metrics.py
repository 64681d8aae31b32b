"""What a process counts, as families of samples that can be summed over processes and written for Prometheus."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any, Literal

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from api.server.observer import BUCKETS, Times

EXPOSITION = "text/plain; version=0.0.4; charset=utf-8"

Labels = tuple[str, ...]
Kind = Literal["counter", "gauge", "histogram"]
Over = Literal["sum", "min", "max"]


@dataclass
class Family:
    """One metric. `over` says what several processes have together: gauges of a state are not summed."""

    name: str
    help: str
    kind: Kind
    labels: Labels = ()
    samples: dict[Labels, Any] = field(default_factory=dict)  # a number; for a histogram the counts, then the sum
    over: Over = "sum"

    def plain(self) -> list[Any]:
        """As JSON has it."""
        return [self.name, self.help, self.kind, self.labels, [[*pair] for pair in self.samples.items()], self.over]

    @classmethod
    def of(cls, plain: Sequence[Any]) -> "Family":
        name, help, kind, labels, samples, over = plain
        return cls(name, help, kind, tuple(labels), {tuple(key): value for key, value in samples}, over)


def counter(name: str, help: str, labels: Labels, samples: Mapping[Any, float]) -> Family:
    """`samples` by the label's value, or by a tuple of them."""
    return Family(name, help, "counter", labels, {_key(key): value for key, value in samples.copy().items()})  # type: ignore[attr-defined]


def gauge(name: str, help: str, value: float, over: Over = "sum") -> Family:
    return Family(name, help, "gauge", (), {(): value}, over)


def histogram(name: str, help: str, labels: Labels, times: Mapping[Labels, Times]) -> Family:
    """Seconds."""
    return Family(name, help, "histogram", labels, {key: [*each.counts, each.total] for key, each in times.items()})


def process_families() -> Iterator[Family]:
    """`process_*` of this process, by prometheus_client."""
    over: dict[str, Over] = {"process_start_time_seconds": "min", "process_max_fds": "min"}
    for metric in ProcessCollector(registry=None).collect():
        kind: Kind = "counter" if metric.type == "counter" else "gauge"
        value = metric.samples[0].value
        yield Family(metric.name, metric.documentation, kind, (), {(): value}, over.get(metric.name, "sum"))


def summed(processes: Sequence[Sequence[Family]]) -> list[Family]:
    """One family of each name, over all processes."""
    totals: dict[str, Family] = {}
    for family in (family for families in processes for family in families):
        total = totals.setdefault(family.name, Family(**(vars(family) | {"samples": {}})))
        for key, value in family.samples.items():
            known = total.samples.get(key)
            total.samples[key] = value if known is None else _together(family.over, known, value)
    return list(totals.values())


def written(families: Sequence[Family]) -> bytes:
    """Prometheus' text format, by prometheus_client."""
    registry = CollectorRegistry()
    registry.register(_Ready(families))
    return generate_latest(registry)


class _Ready(Collector):
    def __init__(self, families: Sequence[Family]) -> None:
        self._families = families

    def collect(self) -> Iterator[Metric]:
        return (_metric(family) for family in self._families)


def _metric(family: Family) -> Metric:
    if family.kind == "histogram":
        distribution = HistogramMetricFamily(family.name, family.help, labels=family.labels)
        bounds = [*map(str, BUCKETS), "+Inf"]
        for labels, (*counts, total) in sorted(family.samples.items()):
            distribution.add_metric(labels, list(zip(bounds, accumulate(counts), strict=True)), total)
        return distribution
    metric = (CounterMetricFamily if family.kind == "counter" else GaugeMetricFamily)(
        family.name, family.help, labels=family.labels
    )
    for labels, value in sorted(family.samples.items()):
        metric.add_metric(labels, value)
    return metric


def _key(value: Any) -> Labels:
    return tuple(map(str, value)) if isinstance(value, tuple) else (str(value),)


def _together(over: Over, one: Any, other: Any) -> Any:
    if isinstance(one, list):
        return [a + b for a, b in zip(one, other, strict=True)]
    return {"sum": one + other, "min": min(one, other), "max": max(one, other)}[over]
