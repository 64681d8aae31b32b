"""Cost against corpus size as an SVG: both axes logarithmic, a line a question, readable in light and dark."""

from collections.abc import Mapping
from html import escape
from math import ceil, floor, log10

WIDTH, HEIGHT = 760, 420
LEFT, RIGHT, TOP, BOTTOM = 64, 200, 40, 52
COLOURS = ("#3b6fb6", "#c0562f", "#3f8f5f", "#8a5fb0", "#a8892b", "#b0476f", "#4d8f9a")


def plot(costs: Mapping[str, Mapping[int, float]]) -> str:
    """`costs`: milliseconds by number of claims, by question."""
    sizes = sorted({size for by in costs.values() for size in by})
    values = [value for by in costs.values() for value in by.values()]
    lowest, highest = floor(log10(min(values))), ceil(log10(max(values)))
    first, last = log10(sizes[0]), log10(sizes[-1])

    def x(size: int) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * (log10(size) - first) / ((last - first) or 1)

    def y(value: float) -> float:
        return TOP + (HEIGHT - TOP - BOTTOM) * (highest - log10(value)) / ((highest - lowest) or 1)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img"'
        ' font-family="system-ui, sans-serif" font-size="13">',
        "<title>Cost of an answer against the number of claims</title>",
        "<style>text{fill:#333}.grid{stroke:#8884}@media(prefers-color-scheme:dark){text{fill:#ddd}}</style>",
        f'<text x="{LEFT}" y="22">Milliseconds for one computed answer, one caller, nothing remembered</text>',
        f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 12}" text-anchor="middle">claims</text>',
    ]
    for power in range(lowest, highest + 1):
        at = y(10.0**power)
        parts.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{at:.1f}" y2="{at:.1f}"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{at + 4:.1f}" text-anchor="end">{10.0**power:g}</text>')
    parts += [
        f'<text x="{x(size):.1f}" y="{HEIGHT - BOTTOM + 20}" text-anchor="middle">{size:,}</text>' for size in sizes
    ]
    labels = sorted(costs, key=lambda name: costs[name][sizes[-1]])
    lowest_label = float(HEIGHT)
    for number, name in enumerate(labels):
        colour, by = COLOURS[number % len(COLOURS)], costs[name]
        points = " ".join(f"{x(size):.1f},{y(by[size]):.1f}" for size in sorted(by))
        parts.append(f'<polyline fill="none" stroke="{colour}" stroke-width="2" points="{points}"/>')
        parts += [f'<circle cx="{x(size):.1f}" cy="{y(by[size]):.1f}" r="3" fill="{colour}"/>' for size in by]
        lowest_label = min(y(by[sizes[-1]]), lowest_label - 16)
        parts.append(
            f'<text x="{WIDTH - RIGHT + 10}" y="{lowest_label + 4:.1f}" style="fill:{colour}">'
            f"{escape(name)} {by[sizes[-1]]:.1f}</text>"
        )
    return "\n".join([*parts, "</svg>", ""])
