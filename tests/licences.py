"""The licences of what the service is built on: `python -m tests.licences` writes THIRD-PARTY.md anew."""

import re
from collections.abc import Iterator
from contextlib import suppress
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from typing import Any, NamedTuple

from tests.server import ROOT

NOTICES = ROOT / "THIRD-PARTY.md"
# Licences that allow redistribution in an image beside code under Apache-2.0.
ALLOWED = frozenset(
    {
        *("Apache-2.0", "Apache-2.0 OR BSD-3-Clause", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "MIT-0", "PSF-2.0"),
        *("LGPL-3.0-only", "MPL-2.0", "Unlicense", "Apache-2.0 AND BSD-2-Clause"),
    }
)
# What a package's metadata says in words or not at all, read from its licence file.
STATED = {
    "3-Clause BSD License": "BSD-3-Clause",
    "Apache": "Apache-2.0",
    "Apache 2.0": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD": "BSD-3-Clause",
    "BSD License": "BSD-3-Clause",
    "BSD-3-Clause License": "BSD-3-Clause",
    "GNU Lesser General Public License v3 (LGPLv3)": "LGPL-3.0-only",
    "LGPL-3.0-only": "LGPL-3.0-only",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}


class Dependency(NamedTuple):
    name: str
    version: str
    licence: str | None


def dependencies() -> Iterator[Dependency]:
    """Everything in the runtime lock that is installed here."""
    lock = (ROOT / "requirements" / "runtime.txt").read_text(encoding="utf-8")
    for name, version, marker in re.findall(r"^([a-z0-9_.-]+)(?:\[[^\]]*\])?==(\S+)( ;[^\\]*)?", lock, re.MULTILINE):
        if "win32" in marker and "!=" not in marker:
            continue
        with suppress(PackageNotFoundError):  # a marker leaves it out of this Python
            yield Dependency(name, version, licence(distribution(name)))


def licence(package: Distribution) -> str | None:
    """The SPDX expression of a package, or None where nothing states it."""
    metadata: Any = package.metadata
    if expression := metadata.get("License-Expression"):
        return str(expression)
    classified = [
        each.rpartition(" :: ")[2] for each in metadata.get_all("Classifier", []) if each.startswith("License ::")
    ]
    for words in (*classified, str(metadata.get("License") or "")):
        if words in STATED or words in ALLOWED:
            return str(STATED.get(words, words))
    return None


def notices() -> str:
    rows = [f"| {each.name} | {each.version} | {each.licence} |" for each in dependencies()]
    return "\n".join(
        [
            "# What the image contains beside sic",
            "",
            "Each Python package carries its licence text in its own `dist-info` folder in the image.",
            "Swagger UI (Apache-2.0) is in `api/web/swagger-ui`, with its LICENSE and NOTICE.",
            "`python -m tests.licences` writes this page from the packages that are installed.",
            "",
            "| package | version | licence |",
            "| --- | --- | --- |",
            *rows,
            "",
        ]
    )


if __name__ == "__main__":
    NOTICES.write_text(notices(), encoding="utf-8")
