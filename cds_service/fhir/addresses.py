"""Which servers may be called, and at which network address: checked after name resolution, then pinned."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urljoin

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_URL = re.compile(
    r"(?P<scheme>https?)://(?P<host>[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<path>/[!$-.0-;=@-Z_a-z~/]*)?(?:\?(?P<query>[!$-;=?-Z_a-z~|]*))?"
)
"""No user, no fragment, no backslash, no blank, nothing outside ASCII: what parsers disagree about is refused."""

_PORTS = {"http": 80, "https": 443}
_DOTS = re.compile(r"(?:^|/)(?:\.|%2e){1,2}(?:/|$)|%2f|%5c|%00", re.I)
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class NotAllowed(Exception):
    """A URL that is malformed, not on the list, or leads to an address that is not to be called. Quotes nothing."""


@dataclass(frozen=True, slots=True)
class Url:
    """A parsed http(s) URL. ``host`` is in lower case and without brackets; ``path`` is "" or begins with "/"."""

    scheme: str
    host: str
    port: int
    path: str = ""
    query: str = ""

    @property
    def origin(self) -> tuple[str, str, int]:
        return self.scheme, self.host, self.port

    @property
    def netloc(self) -> str:
        """Host and port as a Host header has them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    def __str__(self) -> str:
        return f"{self.scheme}://{self.netloc}{self.path}" + (f"?{self.query}" if self.query else "")

    def within(self, base: Url) -> bool:
        """Whether this is the base itself or lies below it, on the same origin."""
        return self.origin == base.origin and (self.path == base.path or self.path.startswith(base.path + "/"))


def read_url(text: str) -> Url:
    """Parses an absolute URL. Raises NotAllowed."""
    found = _URL.fullmatch(text) if len(text) <= 8_000 else None
    if found is None or _DOTS.search(found["path"] or ""):
        raise NotAllowed("not an http or https URL of a server")
    host = found["host"].strip("[]").lower()
    port = int(found["port"] or _PORTS[found["scheme"]])
    if ":" in host:
        try:
            host = str(ipaddress.IPv6Address(host))
        except ValueError:
            raise NotAllowed("not an IPv6 address") from None
    if not 0 < port < 65_536:
        raise NotAllowed("not a port")
    return Url(found["scheme"], host, port, found["path"] or "", found["query"] or "")


def read_base(text: str) -> Url:
    """A server's base URL, without a slash at its end. Raises NotAllowed."""
    url = read_url(text)
    if url.query:
        raise NotAllowed("a base URL has no query")
    return Url(url.scheme, url.host, url.port, url.path.rstrip("/"))


def read_link(text: str, seen_at: Url) -> Url:
    """A link found in an answer, absolute or relative to where it was found. Raises NotAllowed."""
    try:
        return read_url(urljoin(str(seen_at), text) if not text.startswith("//") else "")
    except ValueError:  # urljoin of a malformed link
        raise NotAllowed("not a link") from None


def read_networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """Networks such as "10.1.0.0/16". Raises ValueError."""
    return tuple(ipaddress.ip_network(text) for text in texts)


@dataclass(frozen=True, slots=True)
class Allowed:
    """What may be called: servers by base URL, and networks in which addresses that are not public may lie.
    ``loopback``: any port of this machine, as in the sandbox."""

    bases: tuple[Url, ...] = ()
    networks: tuple[Network, ...] = ()
    loopback: bool = False

    def check(self, url: Url) -> None:
        """Raises NotAllowed unless the URL lies below a listed base."""
        if not any(url.within(base) for base in self.bases) and not (self.loopback and is_loopback(url.host)):
            raise NotAllowed("the server is not on the list")

    def resolve(self, url: Url) -> tuple[str, ...]:
        """The addresses to connect to, the first that answers, and no others. Raises NotAllowed, OSError."""
        found = socket.getaddrinfo(url.host, url.port, type=socket.SOCK_STREAM)
        addresses = dict.fromkeys(str(where[0]) for *_, where in found)
        permitted = [
            address for address in addresses if self._permits(ipaddress.ip_address(address.partition("%")[0]), url.host)
        ]
        if not permitted:
            raise NotAllowed("the server's address is not a public one and its network is not listed")
        return tuple(permitted)

    def _permits(self, address: Address, host: str) -> bool:
        address = _inner(address)
        if address.is_multicast or address.is_unspecified:
            return False
        if any(address in network for network in self.networks):
            return True
        # Who lists a server by its address, or as "localhost", has listed that address.
        listed = host == str(address) or is_loopback(host)
        return address.is_global or (listed and not address.is_link_local)


def is_loopback(host: str) -> bool:
    """Whether a host, as written, is this machine: an address of 127.0.0.0/8, ::1 or "localhost"."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _inner(address: Address) -> Address:
    """The IPv4 address that an IPv6 address stands for, if it does."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo or (0, address))[1]
