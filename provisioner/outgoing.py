"""What one service of a stack may reach outside: what its catalog entry needs, the mail relay, the stack's own list."""

import re

from provisioner.catalog import CatalogEntry
from provisioner.models.outgoing import Egress
from provisioner.models.stack import Stack


def reach_of(stack: Stack, service: str, entry: CatalogEntry) -> dict[str, list[str]]:
    """Return what the host must know: {outgoing, open: ["udp:10000"]}, what is empty left out."""
    ports = sorted(f"{each.protocol}:{each.port}" for each in entry.service.open_ports)
    return {key: rows for key, rows in (("outgoing", outgoing_of(stack, service, entry)), ("open", ports)) if rows}


def outgoing_of(stack: Stack, service: str, entry: CatalogEntry) -> list[str]:
    """Return the list of one instance, sorted, as host:port, network:port, any:port or proxy:port."""
    chosen = stack.services[service]
    settings = {name: setting.default for name, setting in entry.service.settings.items()} | chosen.settings
    found = {place for each in entry.service.egress if (place := needed(each, settings))}
    if stack.mail and sends_mail(entry):
        found.add(f"{stack.mail.host.strip('[]').lower()}:{stack.mail.port}")
    return sorted(found | set(chosen.outgoing))


def needed(each: Egress, settings: dict[str, str]) -> str:
    """Return what an entry of the catalog comes to with these settings; empty where it does not hold."""
    name, _equals, value = each.when.partition("=")
    if name and settings.get(name) != value:
        return ""
    if not each.to.startswith("setting:"):
        return each.to
    url = re.fullmatch(r"(https?)://([A-Za-z0-9.-]+)(?::([0-9]+))?(/.*)?", settings.get(each.to[len("setting:") :], ""))
    return f"{url[2].lower()}:{url[3] or (80 if url[1] == 'http' else 443)}" if url else ""


def sends_mail(entry: CatalogEntry) -> bool:
    """Tell whether any container of a service is told of the mail relay."""
    return any(
        "${MAIL_HOST" in str(value) for each in entry.compose.services.values() for value in each.environment.values()
    )
