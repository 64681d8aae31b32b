"""The long Schemathesis run against a real server: rounds with fresh seeds until the wanted number of cases.

    python -m tests.fuzz [CASES] [FIRST_SEED]

Exits with the first round's failure, if any; `not_a_server_error` is among the checks.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.server import ROOT, Server, loaded


def fuzz(server: Server, seed: int, report: Path) -> int:
    """Run one round and give its number of cases. Raises CalledProcessError on a failure."""
    subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "run", str(ROOT / "openapi.json"), "--url", server.url),
            *("--checks", "all", "--phases", "examples,coverage,fuzzing,stateful", "--continue-on-failure"),
            *("--max-examples", "300", "--seed", str(seed), "--generation-database", "none", "--no-color"),
            *("--suppress-health-check", "all", "--report", "json", "--report-json-path", str(report)),
        ],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        check=True,
    )
    cases: int = json.loads(report.read_text())["test_cases"]["generated"]
    return cases


def main(wanted: int = 20_000, first_seed: int = 1) -> int:
    done, seed = 0, first_seed
    with tempfile.TemporaryDirectory() as folder, Server(loaded(Path(folder))) as server:
        while done < wanted:
            try:
                done += fuzz(server, seed, Path(folder) / "report.json")
            except subprocess.CalledProcessError:
                print(f"round with seed {seed} failed after {done} good cases in the rounds before", file=sys.stderr)
                return 1
            seed += 1
    print(f"{done} cases in {seed - first_seed} rounds, 0 failures")
    return 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:3])))
