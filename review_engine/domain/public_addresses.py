"""Which addresses of the internet are public: the ones a stranger may have us connect to.

``ipaddress`` alone does not tell: an address may carry a private one of another family inside it (translation, tunnels)
and some that count as global are nobody's to connect to. Pure; resolving a name is for those who connect, and they must
connect to the very address that was looked at.
"""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Final

from review_engine.domain.errors import InvalidInput, shown

_TRANSLATED: Final = (
    IPv6Network("64:ff9b::/96"),
    IPv6Network("64:ff9b:1::/48"),
)  # the last 32 bits are an IPv4 address
_LOW = (1 << 32) - 1


def is_public(address: str) -> bool:
    """Whether an address may be connected to at a stranger's wish.

    Raises:
        InvalidInput: it is no address.
    """
    try:
        return _is_public(ip_address(address.partition("%")[0]))
    except ValueError:
        raise InvalidInput(f"{shown(address)} is no address", cure="Resolve the name first.") from None


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    if not address.is_global or address.is_multicast or address.is_reserved or address.is_unspecified:
        return isinstance(address, IPv6Address) and any(_is_public(each) for each in _mapped(address))
    return all(_is_public(each) for each in _within(address)) if isinstance(address, IPv6Address) else True


def _mapped(address: IPv6Address) -> list[IPv4Address]:
    """The address that this one only spells otherwise."""
    return [address.ipv4_mapped] if address.ipv4_mapped is not None else []


def _within(address: IPv6Address) -> list[IPv4Address]:
    """The addresses that a connection to this one may end at."""
    found = [IPv4Address(int(address) & _LOW)] if any(address in network for network in _TRANSLATED) else []
    found += [address.sixtofour] if address.sixtofour is not None else []
    return [*found, *(address.teredo or ())]
