"""HTTP on bare sockets, for what no client library would send."""

import re
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.server import Server


@contextmanager
def connected(server: Server, seconds: float = 20, received: int | None = None) -> Iterator[socket.socket]:
    """`received` bounds the bytes that the system takes before the test does."""
    client = socket.socket()
    if received is not None:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, received)
    client.settimeout(seconds)
    client.connect(("127.0.0.1", server.port))
    with client:
        yield client


def request(path: str, *headers: str, host: str = "test") -> bytes:
    return "\r\n".join([f"GET {path} HTTP/1.1", f"Host: {host}", *headers, "", ""]).encode()


def sent(server: Server, data: bytes, seconds: float = 5) -> bytes:
    """Everything that comes back until the server hangs up, or says nothing for a while."""
    received = b""
    with connected(server, seconds) as client:
        client.sendall(data)
        try:
            while part := client.recv(1 << 16):
                received += part
        except (TimeoutError, ConnectionResetError):
            pass
    return received


def statuses(received: bytes) -> list[int]:
    return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d{3}) ", received)]


def hung_up_after(client: socket.socket, trickled: bytes = b"", every: float = 0.2, most: float = 60) -> float:
    """Seconds until the server hangs up on a client that goes on to send a byte now and then."""
    began = time.monotonic()
    client.settimeout(every)
    while time.monotonic() - began < most:
        try:
            if trickled:
                client.sendall(trickled)
            if not client.recv(1 << 16):
                break
        except TimeoutError:
            continue
        except OSError:
            break
    return time.monotonic() - began
