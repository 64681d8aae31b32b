"""docs/operating.md says every setting with its default, and every section that it leads to is there."""

import re

from api.settings import Settings
from tests.server import ROOT

TEXT = (ROOT / "docs" / "operating.md").read_text()


def test_every_setting_has_its_line_and_its_default() -> None:
    rows = dict(re.findall(r"^\| `(SIC_\w+)` \| ([^|]+) \|", TEXT, re.MULTILINE))
    assert rows.keys() == {f"SIC_{name}".upper() for name in Settings.model_fields}
    for name, field in Settings.model_fields.items():
        written = rows[f"SIC_{name}".upper()].strip("`")
        if field.default in (None, "", ()):
            assert re.match(r"none|the same|beside the file", written), name
        else:
            assert written == str(field.default), name


def test_every_link_leads_somewhere() -> None:
    headings = {
        re.sub(r"[^\w -]", "", line).strip().lower().replace(" ", "-") for line in re.findall(r"^##+ (.*)$", TEXT, re.M)
    }
    links = re.findall(r"\]\(([^)]*)\)", TEXT)
    assert links
    for link in links:
        path, _, heading = link.partition("#")
        assert not path or (ROOT / "docs" / path).exists(), link
        assert path or heading in headings, link


def test_files_that_it_names_are_there() -> None:
    for path in set(re.findall(r"`((?:deploy|tests|api)/[\w./@-]+?)`", TEXT)):
        assert (ROOT / path).exists(), path
