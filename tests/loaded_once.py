"""A pytest plugin (`-p tests.loaded_once`): databases that tests load are kept in LOADED_ONCE between runs.

For runs in which nothing changes that loading depends on; a text index of another format is built anew by the server.
"""

import os
import shutil
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from tests import server

Environment = dict[str, str]
_filled: Callable[..., Environment] = server.filled


def filled(env: Environment, *packages: Path) -> Environment:
    """Like tests.server.filled, from the kept copy if there is one; only SQLite is kept."""
    url = env["SIC_DATABASE_URL"]
    if not url.startswith("sqlite:///") or set(env) != {"SIC_DATABASE_URL"}:
        return _filled(env, *packages)
    path = Path(url.removeprefix("sqlite:///"))
    read = sorted(file for package in packages or (server.PACKAGE,) for file in package.iterdir() if file.is_file())
    key = sha256(b"".join(file.name.encode() + file.read_bytes() for file in read)).hexdigest()[:16]
    kept = Path(os.environ["LOADED_ONCE"]) / key
    if not kept.exists():
        _filled(env, *packages)
        shutil.copytree(path.parent, kept, ignore=lambda _, names: [name for name in names if "sic.db" not in name])
    else:
        shutil.copytree(kept, path.parent, dirs_exist_ok=True)
    return env


server.filled = filled
