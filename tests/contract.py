"""`python -m tests.contract` prints openapi.json as the code has it."""

import json
import sys

from fastapi import FastAPI

from api import __version__
from api.main import create_app
from api.openapi import document
from api.settings import Settings


def contract() -> str:
    app = create_app(Settings()).app
    assert isinstance(app, FastAPI)
    return json.dumps(document(app, __version__), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(contract())
