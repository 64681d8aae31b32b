"""Schemathesis against a real server: rounds with fresh seeds until the wanted number of cases.

    python -m tests.fuzz [CASES] [FIRST_SEED]

All checks, all phases, links between operations included. A round with a failure is told and ends the run; `5xx` are
failures by `not_a_server_error`, and counted once more from the server's own metrics.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from tests import astral
from tests.server import PACKAGE, ROOT, Server, loaded

PHASES = "examples,coverage,fuzzing,stateful"
EXAMPLES = 100  # per operation and round, where generation is random


def fuzz(server: Server, seed: int, report: Path, examples: int, phases: str, *operations: str) -> int:
    """Run one round, of all operations if none is named, and give its number of cases.

    Raises CalledProcessError on a failure.
    """
    subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(ROOT / "tests" / "schemathesis.toml")),
            *("run", str(ROOT / "openapi.json"), "--url", server.url),
            *("--checks", "all", "--phases", phases, "--continue-on-failure", "--workers", "1"),
            *("--max-examples", str(examples), "--seed", str(seed), "--generation-database", "none", "--no-color"),
            *(part for operation in operations for part in ("--include-operation-id", operation)),
            *("--suppress-health-check", "all", "--report", "json", "--report-json-path", str(report)),
        ],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore"},
        stdin=subprocess.DEVNULL,
        check=True,
    )
    cases: int = json.loads(report.read_text())["test_cases"]["generated"]
    return cases


def failed(server: Server) -> int:
    """How many answers of 5xx the server has sent."""
    metrics = server.client.get("/metrics").text
    return sum(int(number) for number in re.findall(r'^sic_requests_total\{.*status="5\d\d"\} (\d+)$', metrics, re.M))


def main(wanted: int = 20_000, first_seed: int = 1) -> int:
    done, seed = 0, first_seed
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        env = loaded(folder, PACKAGE, astral.write(folder)) | {"SIC_ACCESS_LOG": "off"}
        with Server(env) as server:
            while done < wanted:
                try:
                    done += fuzz(server, seed, folder / "report.json", EXAMPLES, PHASES)
                except subprocess.CalledProcessError:
                    print(f"the round with seed {seed} failed, after {done} cases without a failure", file=sys.stderr)
                    return 1
                seed += 1
            errors = failed(server)
    print(f"{done} cases in {seed - first_seed} rounds, 0 failures, {errors} answers of 5xx")
    return int(errors > 0)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:3])))
