"""Which client a request comes from, as an address that fairness, limits and the log can use."""

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Literal

from api.server.asgi import Scope

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

Shown = Literal["full", "net", "off"]


class Clients:
    """Finds the client behind the proxies whose networks are trusted. Without any, the peer is the client."""

    def __init__(self, trusted: Sequence[Network] = (), shown: Shown = "full") -> None:
        self._trusted = trusted
        self._shown = shown
        self.of = lru_cache(maxsize=4096)(self._of)

    def _of(self, peer: str, forwarded: bytes) -> tuple[str, str | None]:
        """The address that requests are counted under (IPv6 by /64), and the address that the log shows.

        `forwarded` holds the values of X-Forwarded-For. A proxy appends the address that it was asked by, so the client
        is the rightmost one that is no trusted proxy; what stands left of it is the client's own word.
        """
        client = _address(peer)
        if client is None:
            return peer, peer if self._shown == "full" else None
        for hop in reversed(forwarded.decode("latin-1").split(",") if forwarded else ()):
            if not self._trusts(client):
                break
            named = _address(hop)
            if named is None:
                break
            client = named
        return _counted(client), self._logged(client)

    def _trusts(self, address: Address) -> bool:
        return any(address in network for network in self._trusted if network.version == address.version)

    def _logged(self, address: Address) -> str | None:
        if self._shown == "off":
            return None
        if self._shown == "full":
            return str(address)
        return str(ip_network((address, 24 if address.version == 4 else 48), strict=False))


def peer_of(scope: Scope) -> str:
    """The other end of the connection; empty for a Unix socket."""
    client = scope.get("client")
    return client[0] if client else ""


def _counted(address: Address) -> str:
    """One household or host has a /64 of IPv6 at least (RFC 6177), and one address of IPv4."""
    return str(address) if address.version == 4 else str(ip_network((address, 64), strict=False))


def _address(text: str) -> Address | None:
    """Also as some proxies write it: with a port, with brackets. IPv4 within IPv6 is IPv4 (RFC 4291, 2.5.5.2)."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return address.ipv4_mapped or address if isinstance(address, IPv6Address) else address
