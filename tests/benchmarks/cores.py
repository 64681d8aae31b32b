"""What a second worker adds: `python -m tests.benchmarks.cores`.

Computed pages of one worker and of two, in turns; and how much more two processes count than one, which is what the
machine itself can give.
"""

import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import click

from tests.benchmarks.beside import PAGE
from tests.benchmarks.processes import wrk
from tests.server import Server, loaded

AIM = 1.8
SPIN = """
import sys, time
ends, counted = time.monotonic() + float(sys.argv[1]), 0
while time.monotonic() < ends:
    counted += 1
print(counted)
"""


def spun(processes: int, seconds: float) -> int:
    """How far so many processes count together."""
    command = [sys.executable, "-c", SPIN, str(seconds)]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(processes)]
    return sum(int(each.communicate()[0]) for each in running)


@click.command()
@click.option("--rounds", default=5, show_default=True)
@click.option("--seconds", default=4, show_default=True, help="Of load in each half of a round.")
@click.option("--connections", default=16, show_default=True)
def main(rounds: int, seconds: int, connections: int) -> None:
    ratios: dict[str, list[float]] = {"pages": [], "spinning": []}
    with tempfile.TemporaryDirectory(prefix="sic-cores-") as folder:
        env = loaded(Path(folder)) | {"SIC_ACCESS_LOG": "off", "SIC_ANSWER_CACHE_BYTES": "0"}
        with Server(env | {"SIC_WORKERS": "1"}) as one, Server(env | {"SIC_WORKERS": "2"}) as two:

            def pages(server: Server, lasting: int) -> float:
                assert server.process is not None
                return wrk(server.process.pid, server.url + PAGE, lasting, connections).per_second

            for server in (one, two):
                pages(server, 2)
            for _ in range(rounds):
                single, double = pages(one, seconds), pages(two, seconds)
                ratios["pages"].append(double / single)
                ratios["spinning"].append(spun(2, 2) / spun(1, 2))
                click.echo(
                    f"{single:,.0f} and {double:,.0f} pages a second: {ratios['pages'][-1]:.2f}; "
                    f"spinning {ratios['spinning'][-1]:.2f}"
                )
    found = {name: statistics.median(each) for name, each in ratios.items()}
    click.echo(f"two workers / one: {found['pages']:.2f} (at least {AIM}); spinning {found['spinning']:.2f}")
    sys.exit(found["pages"] < AIM)


if __name__ == "__main__":
    main()
