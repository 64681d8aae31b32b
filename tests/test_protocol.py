"""HTTP/1.1 on the wire: what is a request, how large, and in what time (RFC 9112)."""

import json
import threading
import time

import pytest

from tests.connections import connected, hung_up_after, request, sent, statuses
from tests.server import Server

LIMIT = 65_536


def problem(received: bytes) -> dict[str, object]:
    head, _, body = received.partition(b"\r\n\r\n")
    assert b"content-type: application/problem+json" in head
    content: dict[str, object] = json.loads(body)
    return content


def test_a_batch_of_requests_is_answered_whole_and_in_order(served: Server) -> None:
    batch = b"".join(request(f"/v1/claims?limit=1&offset={at % 7}") for at in range(2500))
    with connected(served, 30) as client:
        threading.Thread(target=client.sendall, args=(batch,), daemon=True).start()
        stream = client.makefile("rb")
        for at in range(2500):
            assert stream.readline().startswith(b"HTTP/1.1 200 "), at
            length = 0
            while (line := stream.readline()) != b"\r\n":
                if line.startswith(b"content-length:"):
                    length = int(line.partition(b":")[2])
            assert b"offset=%d" % (at % 7) in stream.read(length) or at % 7 == 0


@pytest.mark.parametrize(("size", "status"), [(LIMIT, 200), (LIMIT + 1, 431), (70_000, 431)])
@pytest.mark.parametrize("pieces", [1, 7])
def test_the_head_of_a_request_may_be_64_kib_and_no_byte_longer(
    size: int, status: int, pieces: int, served: Server
) -> None:
    start = b"GET /v1 HTTP/1.1\r\nHost: test\r\nConnection: close\r\nX: "
    head = start + b"y" * (size - len(start) - 4) + b"\r\n\r\n"
    assert len(head) == size
    with connected(served) as client:
        for at in range(pieces):
            client.sendall(head[at * size // pieces : (at + 1) * size // pieces])
            time.sleep(0.02)
        assert client.recv(100).startswith(b"HTTP/1.1 %d " % status)


@pytest.mark.parametrize(
    "start",
    [
        b"GET /v1 HTTP/1.1\r\nHost: test\r\nContent-Length: 5000\r\n\r\n",
        b"GET /v1 HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX-Trailer: ",
        b"GET /v1 HTTP/1.1\r\nHost: te",
    ],
    ids=["content", "trailers", "headers"],
)
def test_a_request_that_trickles_is_cut_off(start: bytes, served: Server) -> None:
    began = time.monotonic()
    with connected(served) as client:
        client.sendall(start)
        hung_up_after(client, b"x")
        assert 5 < time.monotonic() - began < 20


def test_content_that_nobody_reads_is_not_taken_without_end(served: Server) -> None:
    with connected(served) as client:
        client.sendall(b"POST /v1 HTTP/1.1\r\nHost: test\r\nContent-Length: 100000000\r\n\r\n")
        assert client.recv(100).startswith(b"HTTP/1.1 405 ")
        assert hung_up_after(client, b"x" * 65_536, every=0.001) < 8


def test_an_offer_of_another_protocol_is_ignored_without_a_word(served: Server) -> None:
    upgrade = ("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA")
    written = len(served.output)
    received = sent(served, request("/livez", *upgrade) + request("/livez", "Connection: close"))
    assert statuses(received) == [200, 200]
    assert "pip install" not in served.output[written:]
    assert "upgrade" not in served.output[written:].lower()


def test_what_is_no_request_writes_no_log(served: Server) -> None:
    written = served.output
    for _ in range(5):
        assert statuses(sent(served, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")) == [400]
    time.sleep(0.6)
    assert "Invalid HTTP" not in served.output[len(written) :]


@pytest.mark.parametrize(
    "hosts",
    [(), ("a b",), ("a", "b"), ("a", "a"), ("",), ("a/b",), ("user@a",), ("a:b",), ("[::1",), ("a, b",)],
    ids=str,
)
@pytest.mark.parametrize("path", ["/v1", "/livez", "/nowhere"])
def test_a_request_without_one_valid_host_is_refused(hosts: tuple[str, ...], path: str, served: Server) -> None:
    """RFC 9112, 3.2; also where the answer is remembered."""
    served.client.get(path)
    lines = "".join(f"Host: {host}\r\n" for host in hosts)
    received = sent(served, f"GET {path} HTTP/1.1\r\n{lines}\r\n".encode())
    assert statuses(received) == [400]
    assert "Host" in str(problem(received)["detail"])
    assert b"nosniff" in received


@pytest.mark.parametrize("host", ["a", "A.example:80", "[::1]:8000", "127.0.0.1", "xn--bcher-kva.example:"])
def test_every_valid_host_is_answered_alike(host: str, served: Server) -> None:
    assert statuses(sent(served, request("/v1", "Connection: close", host=host))) == [200]


def test_http_1_0_needs_no_host(served: Server) -> None:
    assert statuses(sent(served, b"GET /v1 HTTP/1.0\r\n\r\n")) == [200]


@pytest.mark.parametrize("target", ["/v1/claims?q=Erdoğan", "/v1/claims?q=a b", "/v1/actors/şuşa"])
def test_a_target_that_is_not_encoded_is_refused_with_the_way_to_encode_it(target: str, served: Server) -> None:
    received = sent(served, request(target))
    assert statuses(received) == [400]
    detail = str(problem(received)["detail"])
    assert "percent-encoded" in detail
    assert "--data-urlencode" in detail


def test_an_encoded_slash_is_part_of_a_segment(served: Server) -> None:
    """RFC 3986, 2.2."""
    for path in ("/v1%2Fclaims", "/v1%2fclaims", "/%2Fv1", "/v1/claims%2Fkarabakh.c001", "/v1/claims/karabakh.c001%2F"):
        received = sent(served, request(path, "Connection: close"))
        assert statuses(received) == [404], path
        assert problem(received)["type"] == "/problems/not-found"
    assert statuses(sent(served, request("/v1/cl%61ims", "Connection: close"))) == [200]


def test_what_was_asked_before_nonsense_is_answered(served: Server) -> None:
    received = sent(served, request("/v1/claims?limit=3&offset=2") + b"\x00nonsense\r\n\r\n")
    assert statuses(received)[0] == 200
    assert len(statuses(received)) <= 2
