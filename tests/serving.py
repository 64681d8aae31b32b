"""The command line of services that have paths for tests alone."""

import argparse
import sys
from collections.abc import Callable

from api.server.edge import Edge
from api.server.logs import log_to
from api.server.process import run


def serve(create: Callable[[], Edge]) -> None:
    """Runs what `create` returns, by the arguments `serve --host … --port …`."""
    parser = argparse.ArgumentParser()
    parser.add_argument("command", choices=["serve"])
    parser.add_argument("--host", required=True)
    parser.add_argument("--port", type=int, required=True)
    arguments = parser.parse_args()
    log_to(sys.stderr)
    run(create(), arguments.host, arguments.port)
