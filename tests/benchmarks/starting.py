"""From the command to ready on the article, beside the bare import of what it is built on; and what a worker holds."""

import os
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx

from tests.benchmarks.processes import cpu_seconds, memory
from tests.server import ROOT, free_port, loaded

BARE = "import uvicorn, fastapi, sqlmodel, tantivy"


def starting(folder: Path, rounds: int) -> dict[str, Any]:
    env = os.environ | loaded(folder)
    imports, starts, resident = [], [], []
    import_processor, start_processor = [], []
    for _ in range(rounds):
        began, used = time.perf_counter(), _children_seconds()
        subprocess.run([sys.executable, "-c", BARE], check=True, cwd=ROOT)
        imports.append(time.perf_counter() - began)
        import_processor.append(_children_seconds() - used)
        port = free_port()
        began = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "api", "serve", "--port", str(port)],
            cwd=ROOT,
            env=env,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
            while not _ready(client):
                time.sleep(0.002)
            starts.append(time.perf_counter() - began)
            start_processor.append(cpu_seconds(process.pid))
            for path in ("/v1/claims?include=actors", "/v1/search?q=war", "/v1/actors", "/v1/documents/karabakh/spans"):
                client.get(path).raise_for_status()
            resident.append(memory(process.pid)["VmRSS"])
        process.terminate()
        process.wait()
    return {
        "import seconds": statistics.median(imports),
        "start seconds": statistics.median(starts),
        "resident MB": statistics.median(resident),
        "ratios": [
            {
                "what": "start of the default / bare import",
                "target": 1.5,
                "ratio": statistics.median(start / bare for start, bare in zip(starts, imports, strict=True)),
                "by processor": statistics.median(
                    start / bare for start, bare in zip(start_processor, import_processor, strict=True)
                ),
                "at most": True,
            },
            {"what": "resident MB of a worker", "target": 120, "ratio": statistics.median(resident), "at most": True},
        ],
    }


def _children_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _ready(client: httpx.Client) -> bool:
    try:
        return client.get("/readyz").status_code == 200
    except httpx.TransportError:
        return False
