"""`make bench`: sic beside its peers, as its content grows, as it starts, and as its content is replaced."""

import json
import os
import platform
import tempfile
from pathlib import Path
from typing import Any

import click

from tests.benchmarks.beside import beside
from tests.benchmarks.growing import growing
from tests.benchmarks.plot import plot
from tests.benchmarks.starting import starting
from tests.benchmarks.swapping import swapping
from tests.server import ROOT

PARTS = ("beside", "growing", "starting", "swapping")


@click.command()
@click.option("--part", "parts", multiple=True, type=click.Choice(PARTS), help="Only this; may be repeated.")
@click.option("--rounds", default=7, show_default=True, help="Paired, interleaved measurements of each.")
@click.option("--seconds", default=3, show_default=True, help="Of load in each round beside the peers.")
@click.option("--claims", "sizes", default="1000,100000,1000000", show_default=True, help="Sizes of the corpora.")
@click.option("--keep", type=click.Path(path_type=Path), help="Folder in which corpora stay for the next run.")
@click.option("--swaps", default=50, show_default=True, help="Loads under load.")
@click.option(
    "--peers", type=click.Path(path_type=Path), default=ROOT / "build" / "peers", help="Environment of the peers."
)
@click.option(
    "--results", type=click.Path(path_type=Path), default=ROOT / "build" / "bench.json", show_default="build/bench.json"
)
@click.option("--plot", "drawn", type=click.Path(path_type=Path), help="Write the plot here.")
def main(
    parts: tuple[str, ...],
    rounds: int,
    seconds: int,
    sizes: str,
    keep: Path | None,
    swaps: int,
    peers: Path,
    results: Path,
    drawn: Path | None,
) -> None:
    """Measure, print ratios and a table, and write all of it as JSON."""
    chosen = parts or PARTS
    found: dict[str, Any] = {"machine": machine()}
    click.echo(", ".join(f"{name}: {value}" for name, value in found["machine"].items()))
    with tempfile.TemporaryDirectory(prefix="sic-bench-") as temporary:
        for part in chosen:
            folder = Path(temporary) / part
            folder.mkdir()
            if keep:
                keep.mkdir(parents=True, exist_ok=True)
            if part == "beside":
                found[part] = beside(folder, peers, rounds, seconds)
            elif part == "growing":
                found[part] = growing(keep or folder, [int(size) for size in sizes.split(",")], rounds * 4)
                if drawn:
                    drawn.write_text(plot(found[part]["milliseconds"]))
            elif part == "starting":
                found[part] = starting(folder, rounds)
            else:
                swapped = swapping(folder, swaps)
                found[part] = {
                    "loads": swapped.loads,
                    "answers": swapped.answers,
                    "snapshots": len(swapped.snapshots),
                    "failed": swapped.failed[:20],
                    "ratios": [
                        {
                            "what": f"failed or mixed in {swapped.loads} loads",
                            "target": 0,
                            "ratio": len(swapped.failed),
                            "at most": True,
                        }
                    ],
                }
            tell(part, found[part])
    results.parent.mkdir(parents=True, exist_ok=True)
    results.write_text(json.dumps(found, indent=1))
    click.echo(f"\nwritten to {results}")


def tell(part: str, found: dict[str, Any]) -> None:
    click.echo(f"\n{part}")
    for name, value in found.items():
        if name != "ratios":
            click.echo(f"  {name}: {json.dumps(value, default=str) if not isinstance(value, dict) else ''}".rstrip())
            for row, cell in value.items() if isinstance(value, dict) else ():
                shown = (
                    ", ".join(f"{key} {_figure(each)}" for key, each in cell.items())
                    if isinstance(cell, dict)
                    else _figure(cell)
                )
                click.echo(f"    {row!s:28} {shown}")
    for row in found["ratios"]:
        bound = "at most" if row.get("at most") else "at least"
        met = row["ratio"] <= row["target"] if row.get("at most") else row["ratio"] >= row["target"]
        also = f" (by processor time {row['by processor']:.2f})" if "by processor" in row else ""
        click.echo(
            f"  {'met   ' if met else 'MISSED'} {row['what']}: {row['ratio']:.2f}{also}, {bound} {row['target']:g}"
        )


def _figure(value: Any) -> str:
    return f"{value:,.4g}" if isinstance(value, float) and abs(value) < 1000 else f"{value:,.0f}"


def machine() -> dict[str, Any]:
    models = [
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if "model name" in line
    ]
    return {
        "processor": models[0] if models else platform.machine(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "load when begun": os.getloadavg()[0],
    }


if __name__ == "__main__":
    main()
