"""`python -m tests.browser.pictures FOLDER`: a picture of every view, wide and narrow, light and dark."""

import argparse
import shutil
import tempfile
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, sync_playwright

from tests.browser.conftest import FLAGS
from tests.browser.views import VIEWS
from tests.server import ROOT, Server, loaded

SIZES = {"wide": (1440, 900), "tablet": (820, 1180), "phone": (390, 844), "small": (320, 640)}
README = {"read": "/d/karabakh#karabakh.c134", "who": "/d/karabakh/who", "argument": "/d/karabakh/argument"}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def take(browser: Browser, url: str, path: Path, size: tuple[int, int], scheme: Literal["light", "dark"]) -> None:
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, color_scheme=scheme, reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto(url)
    page.wait_for_load_state("networkidle")
    page.screenshot(path=path)
    context.close()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", nargs="*", default=list(VIEWS))
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    pictures = ROOT / "docs" / "pictures"
    pictures.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        Server(loaded(Path(folder))) as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        for name in arguments.only:
            for size, pixels in SIZES.items():
                for scheme in SCHEMES:
                    path = arguments.folder / f"{name}-{size}-{scheme}.png"
                    take(browser, server.url + VIEWS[name], path, pixels, scheme)
        for name, path_ in README.items():
            take(browser, server.url + path_, pictures / f"{name}.png", (1280, 800), "light")
        browser.close()


if __name__ == "__main__":
    main()
