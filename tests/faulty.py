"""The service with one more path, /fault, that fails: `python -m tests.faulty serve --host … --port …`."""

from fastapi import FastAPI

from api.main import create_app
from api.server.edge import Edge
from api.settings import Settings
from tests.serving import serve


def fault() -> None:
    raise ZeroDivisionError("planted: SELECT secret FROM /etc/path")


def create() -> Edge:
    edge = create_app(Settings())
    assert isinstance(edge.app, FastAPI)
    edge.app.add_api_route("/fault", fault)
    return edge


if __name__ == "__main__":
    serve(create)
