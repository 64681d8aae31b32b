"""nginx and HAProxy with the files of deploy/, on loopback ports, with a certificate of their own making."""

import os
import shutil
import ssl
import subprocess
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

import httpx

from tests.container.podman import ENVIRONMENT, run
from tests.server import ROOT, Server, free_port
from tests.under_load import within

Kind = Literal["nginx", "haproxy"]


def certificate(folder: Path) -> tuple[Path, Path]:
    """For localhost: the certificate and its key."""
    cert, key = folder / "tls.crt", folder / "tls.key"
    run(
        *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-noenc"),
        *("-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1"),
        *("-keyout", key, "-out", cert),
    )
    return cert, key


def replaced(text: str, changes: dict[str, str]) -> str:
    """Each is there exactly once, or the file is no longer the one that this was written for."""
    for old, new in changes.items():
        assert text.count(old) == 1, (old, text.count(old))
        text = text.replace(old, new)
    return text


class Proxy:
    """`with Proxy("nginx", servers, folder) as proxy`: answers on `proxy.url`, and without TLS on `proxy.plain`.

    `cdn` is a network whose X-Forwarded-For it takes.
    """

    def __init__(self, kind: Kind, behind: Sequence[Server], folder: Path, cdn: str = "") -> None:
        self.kind = kind
        self.port, plain = free_port(), free_port()
        self.url, self.plain = f"https://localhost:{self.port}", f"http://localhost:{plain}"
        folder.mkdir(parents=True, exist_ok=True)
        self.certificate, key = certificate(folder)
        self._environment = dict(ENVIRONMENT)
        self._output = folder / "output"
        first, second = (server.port for server in behind)
        program = shutil.which(kind, path=ENVIRONMENT["PATH"])
        assert program is not None
        if kind == "haproxy":
            text = replaced(
                (ROOT / "deploy" / "haproxy.cfg").read_text(),
                {
                    "bind :::8000 v4v6": f"bind 127.0.0.1:{plain},[::1]:{plain}",
                    "bind :::8443 v4v6": f"bind 127.0.0.1:{self.port},[::1]:{self.port}",
                    "server api-1 api-1:8000": f"server api-1 127.0.0.1:{first}",
                    "server api-2 api-2:8000": f"server api-2 127.0.0.1:{second}",
                },
            )
            both = folder / "both.pem"
            both.write_bytes(self.certificate.read_bytes() + key.read_bytes())
            self._environment["SIC_CERTIFICATE"] = str(both)
            if cdn:
                self._environment["SIC_CDN_NETWORKS"] = f"{cdn} 203.0.113.0/24"
            self._command = [program, "-W", "-db", "-f", str(folder / "haproxy.cfg")]
            (folder / "haproxy.cfg").write_text(text)
        else:
            text = replaced(
                (ROOT / "deploy" / "nginx.conf").read_text(),
                {
                    "listen 80;": f"listen 127.0.0.1:{plain};",
                    "listen [::]:80;": f"listen [::1]:{plain};",
                    "listen 443 ssl http2;": f"listen 127.0.0.1:{self.port} ssl http2;",
                    "listen [::]:443 ssl http2;": f"listen [::1]:{self.port} ssl http2;",
                    "127.0.0.1:8001": f"127.0.0.1:{first}",
                    "127.0.0.1:8002": f"127.0.0.1:{second}",
                    "/etc/sic/tls.crt": str(self.certificate),
                    "/etc/sic/tls.key": str(key),
                    "/run/nginx.pid": str(folder / "nginx.pid"),
                }
                | ({"# set_real_ip_from 203.0.113.0/24;": f"set_real_ip_from {cdn};"} if cdn else {}),
            )
            (folder / "nginx.conf").write_text(text)
            self._command = [program, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-g", "daemon off;"]

    @property
    def tls(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.certificate))

    def client(self) -> httpx.Client:
        return httpx.Client(base_url=self.url, verify=self.tls, trust_env=False, timeout=30)

    def curl(self, path: str, *options: str) -> str:
        """What curl writes; its options decide what that is."""
        return run(
            *("curl", "--silent", "--show-error", "--path-as-is", "--noproxy", "*", "--cacert", self.certificate),
            *("--max-time", "30", *options, self.url + path),
        ).stdout

    def _answers(self) -> bool:
        assert self._process.poll() is None, self._output.read_text()
        try:
            with self.client() as client:
                return client.get("/readyz").status_code == 200
        except httpx.TransportError:
            return False

    def __enter__(self) -> Self:
        with self._output.open("wb") as output:
            self._process = subprocess.Popen(
                self._command,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=os.sep,
            )
        try:
            within(20, self._answers)
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
