"""A time axis: years as places in a picture. A long empty stretch is cut out, so that the rest can be read."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

WIDE = 1080.0  # units of the picture
GAP = 60.0  # units of a stretch that is cut out
LONGEST = 3  # how much longer than all the rest a stretch is that is cut out


@dataclass(frozen=True)
class Axis:
    """`breaks` are (place, first year, last year) of what is cut out."""

    pieces: Sequence[tuple[float, float, float, float]]  # first year, last year, place, units for a year
    breaks: Sequence[float]

    def x(self, year: float) -> float:
        for first, last, place, scale in self.pieces:
            if year <= last:
                return round(place + (max(year, first) - first) * scale, 1)
        first, last, place, scale = self.pieces[-1]
        return round(place + (last - first) * scale, 1)

    @property
    def ticks(self) -> list[tuple[int, float]]:
        """(year, place) of round years."""
        shown = []
        for first, last, _, scale in self.pieces:
            step = next((step for step in (1, 2, 5, 10, 20, 50, 100, 200, 500) if step * scale >= 70), 1000)
            years = [year for year in range(int(first) // step * step, int(last) + 1, step) if first <= year <= last]
            shown += [(year, self.x(year)) for year in years or [int(first)]]
        return shown


def axis(years: Sequence[float], left: float = 30.0) -> Axis:
    """An axis on which these years lie."""
    known = sorted(set(years)) or [0.0]
    gaps = sorted((later - earlier, earlier, later) for earlier, later in pairwise(known))
    span = known[-1] - known[0]
    cut = [gaps[-1]] if gaps and gaps[-1][0] > LONGEST * max(span - gaps[-1][0], 1) / 2 and gaps[-1][0] > 20 else []
    edges = [known[0] - 1, *(edge for _, earlier, later in cut for edge in (earlier + 1, later - 1)), known[-1] + 1]
    stretches = list(zip(edges[::2], edges[1::2], strict=True))
    scale = (WIDE - left - GAP * len(cut)) / sum(last - first for first, last in stretches)
    pieces: list[tuple[float, float, float, float]] = []
    breaks: list[float] = []
    place = left
    for first, last in stretches:
        if pieces:
            breaks.append(round(place + GAP / 2, 1))
            place += GAP
        pieces.append((first, last, place, scale))
        place += (last - first) * scale
    return Axis(pieces, breaks)
