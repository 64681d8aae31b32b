"""A real Chromium, and a page on another origin than the API's."""

import shutil
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.visiting import Visitor

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


class EmptyPage(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = b"<!doctype html><meta charset=utf-8><title>another origin</title><link rel=icon href=data:,>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def other_origin() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), EmptyPage) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield f"http://localhost:{server.server_port}/"
        server.shutdown()
        thread.join()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of its own context: no cache and no storage of another test."""
    context = browser.new_context()
    yield context.new_page()
    context.close()


@pytest.fixture
def elsewhere(page: Page, other_origin: str) -> Page:
    page.goto(other_origin)
    return page


@pytest.fixture
def visiting(page: Page) -> Iterator[Callable[[str], Visitor]]:
    """A reader on a server, by its address; ends in failure if anything went wrong."""
    visitors: list[Visitor] = []

    def of(base: str) -> Visitor:
        visitors.append(Visitor(page, base))
        return visitors[-1]

    yield of
    for visitor in visitors:
        visitor.judge()


@pytest.fixture
def visitor(visiting: Callable[[str], Visitor], sqlite_client: httpx.Client) -> Visitor:
    """On the article, tests/astral.py and a small package."""
    return visiting(str(sqlite_client.base_url))
