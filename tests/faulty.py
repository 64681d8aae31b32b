"""The service with one more path, /fault, that fails: `python -m tests.faulty serve --host … --port …`."""

import argparse
import sys

from fastapi import FastAPI

from api.main import create_app
from api.server.edge import Edge
from api.server.logs import log_to
from api.server.process import run
from api.settings import Settings


def fault() -> None:
    raise ZeroDivisionError("planted: SELECT secret FROM /etc/path")


def create() -> Edge:
    edge = create_app(Settings())
    assert isinstance(edge.app, FastAPI)
    edge.app.add_api_route("/fault", fault)
    return edge


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("command", choices=["serve"])
    parser.add_argument("--host", required=True)
    parser.add_argument("--port", type=int, required=True)
    asked = parser.parse_args()
    log_to(sys.stderr)
    run(create(), asked.host, asked.port)
