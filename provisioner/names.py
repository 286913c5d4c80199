"""Do the names of a stack lead anywhere? Asked before certificates are, because authorities count failures."""

import socket
from collections.abc import Callable, Iterable

from provisioner.errors import InputError
from provisioner.i18n import _

Resolve = Callable[[str], list[str]]


def resolve(name: str) -> list[str]:
    """Return the addresses a name leads to; none where it is unknown."""
    try:
        return sorted({str(item[4][0]) for item in socket.getaddrinfo(name, 443, proto=socket.IPPROTO_TCP)})
    except OSError:
        return []


def check_names(names: Iterable[str], address: str, resolve: Resolve = resolve) -> list[str]:
    """Given the names of a stack with public certificates and its host's address, return warnings.

    Raise InputError naming every name that leads nowhere: no certificate could be had for it.
    """
    found = {name: resolve(name) for name in names}
    unknown = [name for name, addresses in found.items() if not addresses]
    if unknown:
        message = _("unknown domain: {names} lead nowhere (DNS), so no certificate can be had").format(
            names=", ".join(unknown)
        )
        hint = _(
            "At your domain's provider, add for each: NAME  A  {address}. It may take an hour to be seen.\n"
            "On a lab or office network without public names: certificates: internal in stack.yaml."
        )
        raise InputError(message, hint=hint.format(address=address))
    there = set(resolve(address))
    elsewhere = [name for name, addresses in found.items() if there.isdisjoint(addresses)]
    if not elsewhere:
        return []
    text = _("{names} lead to {found}, not to {address}: right behind a router that forwards, else correct the DNS")
    addresses = sorted({item for name in elsewhere for item in found[name]})
    return [text.format(names=", ".join(elsewhere), found=", ".join(addresses), address=address)]
