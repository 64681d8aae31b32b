"""api/server/cycle.py does what uvicorn's private parts do: it is to be read again when those change."""

import inspect
from hashlib import sha256

from uvicorn.protocols.http import httptools_impl
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from tests.connections import request, sent
from tests.server import Server

READ = {  # uvicorn 0.54.0
    RequestResponseCycle.__init__: "4d2f220910c33c12",
    RequestResponseCycle.send: "abdd8601b326a8da",
    HttpToolsProtocol.on_response_complete: "64e254f28e389e76",
    HttpToolsProtocol.on_headers_complete: "1ea8589acfad92d8",
    HttpToolsProtocol.data_received: "010a7ae59a5d3b1a",
}


def test_the_parts_of_uvicorn_that_are_gone_round_are_those_that_were_read() -> None:
    for function, digest in READ.items():
        source = sha256(inspect.getsource(function.__code__).encode()).hexdigest()[:16]
        assert source == digest, f"read {function.__qualname__} in {httptools_impl.__name__} again"


def test_a_remembered_answer_is_the_same_however_it_is_sent(served: Server) -> None:
    """At once, and through uvicorn's own `send`, which a connection that ends needs."""
    path = "/v1/claims?limit=11&offset=5"
    served.client.get(path, headers={"Accept-Encoding": "identity"})
    both = sent(served, request(path) + request(path, "Connection: close"))
    first, second = (b"HTTP/1.1" + part for part in both.split(b"HTTP/1.1")[1:])

    def comparable(response: bytes) -> tuple[list[bytes], bytes]:
        head, _, body = response.partition(b"\r\n\r\n")
        varying = (b"date:", b"x-request-id:", b"connection:")
        return [line for line in head.split(b"\r\n") if not line.startswith(varying)], body

    assert comparable(first) == comparable(second)
    assert b"connection: close" in second
    assert b"connection" not in first.partition(b"\r\n\r\n")[0]
