"""Who really calls: the peer itself, or whom a trusted proxy names in its forwarding header (promises X11, X21)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

_PRIVATE = "private"
_Network = IPv4Network | IPv6Network
_Address = IPv4Address | IPv6Address


@dataclass(frozen=True, slots=True)
class Proxies:
    """The addresses whose forwarding header is believed; nobody else's is."""

    networks: tuple[_Network, ...] = ()
    is_private: bool = False
    """Also every address of a private network: a proxy in a container's own network."""

    def caller(self, peer: str | None, forwarded: Sequence[str]) -> str | None:
        """The caller's address: `forwarded` are the values of X-Forwarded-For, read from the nearest hop outwards.

        Each trusted hop names the one before it; the first that is not trusted is the caller. What is no address
        ends the walk: whoever wrote it wanted to be somebody else.
        """
        found = _address(peer or "")
        if found is None:
            return peer
        hops = [hop for value in forwarded for hop in value.split(",")]
        while hops and self._trusts(found):
            before = _address(hops.pop())
            if before is None:
                break
            found = before
        return str(found)

    def _trusts(self, address: _Address) -> bool:
        return (self.is_private and address.is_private) or any(address in network for network in self.networks)


def read_proxies(written: str) -> Proxies:
    """`127.0.0.1, 203.0.113.0/24, private` as written in a setting; raises `ValueError` naming what is no address."""
    parts = [part.strip() for part in written.split(",") if part.strip()]
    try:
        networks = tuple(ip_network(part, strict=False) for part in parts if part != _PRIVATE)
        return Proxies(networks, _PRIVATE in parts)
    except ValueError as exc:
        raise ValueError(f"JINQIU_TRUSTED_PROXY: {exc}") from exc


def _address(written: str) -> _Address | None:
    try:
        found = ip_address(written.strip())
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return mapped or found
