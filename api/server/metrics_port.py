"""GET /metrics on a port of its own, from a thread of its own: also when all else is busy."""

from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from api.server.metrics import EXPOSITION


def serve_metrics(host: str, port: int, metrics: Callable[[], bytes]) -> ThreadingHTTPServer:
    """Raises OSError when the port cannot be used."""

    class Metrics(BaseHTTPRequestHandler):
        timeout = 5

        def do_GET(self) -> None:
            known = self.path.partition("?")[0] == "/metrics"
            body = metrics() if known else b""
            self.send_response(200 if known else 404)
            for name, value in (("Content-Type", EXPOSITION), ("Content-Length", str(len(body)))):
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Scrapes are no requests of users."""

        def version_string(self) -> str:
            return "sic"

    server = ThreadingHTTPServer((host, port), Metrics)
    server.daemon_threads = True
    Thread(target=server.serve_forever, name="metrics", daemon=True).start()
    return server
