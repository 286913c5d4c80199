"""Stack + catalog + lock -> the bytes of every file on a host. Pure, and no secret inside."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from provisioner.backups import backup_files
from provisioner.catalog import Catalog, CatalogEntry
from provisioner.durations import bound, on_host
from provisioner.errors import InputError
from provisioner.host.layout import BACKUP, EGRESS, VOLUMES, digest
from provisioner.i18n import _
from provisioner.models.protection import Protection
from provisioner.models.stack import MAIL_VARIABLES, Chosen, Lock, Stack
from provisioner.outgoing import reach_of
from provisioner.portal import PORTAL, portal_domain, portal_pages
from provisioner.sites import portal_site, read, service_site

PROXY = "provisioner_proxy"
PROXY_IMAGE = "caddy:2.11.4"
SEPARATOR = "_"


@dataclass
class Tree:
    """All files of the instances on one host. Equal texts are kept once, by their SHA-256."""

    associations: list[str] = field(default_factory=list)
    blobs: dict[str, str] = field(default_factory=dict)
    instances: dict[str, dict[str, Any]] = field(default_factory=dict)

    def add(self, name: str, files: dict[str, str], facts: dict[str, Any]) -> None:
        """Add one instance: its files (path -> text) and what the host must know of it."""
        shas = {}
        for path, text in files.items():
            sha = digest(text)
            self.blobs[sha] = text
            shas[path] = sha
        self.instances[name] = {**facts, "files": shas}

    def text(self, name: str, path: str) -> str:
        """Return the text of one file of one instance."""
        return self.blobs[self.instances[name]["files"][path]]

    def data(self) -> dict[str, Any]:
        """Return the tree as plain data for the host program."""
        return {"associations": self.associations, "blobs": self.blobs, "instances": self.instances}


def instance_name(stack: Stack, service: str) -> str:
    """Return the name of an instance: <association>_<service>. Ids hold no underscore, so names never collide."""
    return f"{stack.association.id}{SEPARATOR}{service}"


def domain_of(stack: Stack, service: str, entry: CatalogEntry) -> str:
    """Return the name under which people reach a service."""
    return f"{stack.services[service].subdomain or entry.service.route.subdomain}.{stack.domain}"


def domains_of(stack: Stack, service: str, entry: CatalogEntry) -> list[str]:
    """Return every name of a service on the web: its own first, then those of its further ways in."""
    own = domain_of(stack, service, entry)
    return [own, *(f"{way.host}.{own}" for way in entry.service.route.also if way.host)]


def render_host(
    stacks: list[tuple[Stack, Lock]], catalog: Catalog, answers: Mapping[str, Protection] = MappingProxyType({})
) -> Tree:
    """Given the stacks of one host with their locks, return its tree: the proxy and every instance.

    `answers` is what gdpr.yaml says, by the association's id; it may be missing.
    Raise InputError when two instances want the same name on the web, or an association comes twice.
    """
    tree = Tree(associations=sorted(stack.association.id for stack, _lock in stacks))
    _refuse_clashes(stacks, catalog)
    for stack, lock in stacks:
        said = answers.get(stack.association.id)
        for service, chosen in sorted(stack.services.items()):
            entry = catalog.entry(service)
            tree.add(instance_name(stack, service), *_instance(stack, lock, service, chosen, entry, said))
        if stack.portal:
            tree.add(instance_name(stack, PORTAL), *_portal(stack, catalog, said))
        if stack.backup:
            tree.add(instance_name(stack, BACKUP), *backup_files(stack, lock, said))
    tree.add(PROXY, *_proxy(stacks[0][1]))
    return tree


def env_line(name: str, value: str) -> str:
    """Return a line of .env that Compose reads back as the very same value."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("$", "\\$")
    return f'{name}="{escaped}"'


def variables_of(stack: Stack, service: str, entry: CatalogEntry, answers: Protection | None = None) -> dict[str, str]:
    """Return what commands and probes may fill in for one instance."""
    domain, about = domain_of(stack, service, entry), stack.association
    settings = {name: setting.default for name, setting in entry.service.settings.items()}
    settings.update(stack.services[service].settings)
    settings.update(bound(entry, answers))
    return {
        "instance": instance_name(stack, service),
        "domain": domain,
        "url": f"https://{domain}",
        "language": about.language,
        "contact": about.contact,
        "association": about.name,
        "admin": entry.service.admin_user.replace("{contact}", about.contact),
        **{f"setting.{name}": value for name, value in settings.items()},
    }


def _instance(
    stack: Stack, lock: Lock, service: str, chosen: Chosen, entry: CatalogEntry, answers: Protection | None
) -> tuple[dict[str, str], dict[str, Any]]:
    variables, containers = variables_of(stack, service, entry, answers), sorted(entry.compose.services)
    facts = {"association": stack.association.id, "service": service, "containers": containers}
    about = {
        **facts,
        "title": entry.service.title,
        "version": entry.version,
        "version_of": entry.service.upgrade.version_of,
        "variables": variables,
    }
    ageing = on_host(entry, answers)
    about |= {"retention": ageing} if ageing else {}
    files = {
        **entry.shipped,
        "service.json": entry.recipe,
        "compose.lock.yaml": _lock_text(entry, lock),
        "instance.json": json.dumps(about, indent=1, sort_keys=True, ensure_ascii=False) + "\n",
        ".env": _env(stack, entry, variables),
        "route.open.caddy": _route(stack, entry, variables["domain"], is_open=True),
        "route.closed.caddy": _route(stack, entry, variables["domain"], is_open=False),
    }
    said = reach_of(stack, service, entry)
    files |= {EGRESS: json.dumps(said, indent=1) + "\n"} if said else {}
    return files, {
        **facts,
        "ways": len(entry.service.route.port_variables),
        "disk_mb": int(entry.service.resources.disk_gb * 1024),
    }


def _portal(stack: Stack, catalog: Catalog, answers: Protection | None) -> tuple[dict[str, str], dict[str, Any]]:
    """Return the files and facts of the start page: an instance without containers, all in its route."""
    facts: dict[str, Any] = {"association": stack.association.id, "service": PORTAL, "containers": []}
    domain = portal_domain(stack)
    domains = {name: domain_of(stack, name, catalog.entry(name)) for name in stack.services}
    route = portal_site(stack, domain, portal_pages(stack, catalog, domains, answers))
    about = {
        **facts,
        "title": "",
        "version": "",
        "version_of": "",
        "variables": {"domain": domain, "url": f"https://{domain}"},
    }
    files = {
        "instance.json": json.dumps(about, indent=1, sort_keys=True) + "\n",
        "route.open.caddy": route,
        "route.closed.caddy": route,
    }
    return files, {**facts, "ways": 0, "disk_mb": 0}


def _env(stack: Stack, entry: CatalogEntry, variables: dict[str, str]) -> str:
    values = {
        "COMPOSE_PROJECT_NAME": variables["instance"],
        "COMPOSE_FILE": f"compose.yaml:compose.lock.yaml:{VOLUMES}",
        "INSTANCE": variables["instance"],
        "DOMAIN": variables["domain"],
        "URL": variables["url"],
        **{name: f"@{name}@" for name in entry.service.route.port_variables},
        "LANGUAGE": stack.association.language,
        "CONTACT": stack.association.contact,
        "ASSOCIATION": stack.association.name,
        "TIMEZONE": stack.association.timezone,
        **_mail(stack),
        **{name: variables[f"setting.{name}"] for name in entry.service.settings},
    }
    return "".join(env_line(name, value) + "\n" for name, value in values.items())


def _mail(stack: Stack) -> dict[str, str]:
    """Return the variables of the mail relay, all empty when there is none."""
    mail = stack.mail
    if mail is None:
        return dict.fromkeys(MAIL_VARIABLES, "")
    sender = mail.sender or stack.association.contact
    return dict(zip(MAIL_VARIABLES, (mail.host, str(mail.port), mail.security, mail.user, sender), strict=True))


def _route(stack: Stack, entry: CatalogEntry, domain: str, is_open: bool) -> str:
    page = _PREPARING[stack.association.language].format(title=entry.service.title)
    return service_site(stack, entry, domain, page, is_open)


_PREPARING = {
    "fr": '<!doctype html><html lang="fr"><title>{title}</title><h1>{title} se prépare.</h1>'
    "<p>Le service ouvrira dès qu'il sera prêt. Revenez dans quelques minutes.</p></html>",
    "en": '<!doctype html><html lang="en"><title>{title}</title><h1>{title} is being prepared.</h1>'
    "<p>The service opens as soon as it is ready. Please come back in a few minutes.</p></html>",
}


def _proxy(lock: Lock) -> tuple[dict[str, str], dict[str, Any]]:
    facts = {"association": "provisioner", "service": "proxy", "containers": ["caddy"]}
    about = {
        **facts,
        "title": "Caddy",
        "version": PROXY_IMAGE.partition(":")[2],
        "version_of": "caddy",
        "variables": {},
    }
    reload = ["caddy", "reload", "--config", "/etc/caddy/Caddyfile", "--adapter", "caddyfile"]
    setup = [{"in": "caddy", "run": [*reload, "--address", "unix//run/caddy/admin.sock"]}]
    files = {
        "compose.yaml": read("proxy/compose.yaml"),
        "compose.lock.yaml": f"services:\n  caddy:\n    image: {_locked(PROXY_IMAGE, lock)}\n",
        "caddy/Caddyfile": read("proxy/Caddyfile"),
        ".env": env_line("COMPOSE_FILE", "compose.yaml:compose.lock.yaml") + "\n",
        "service.json": json.dumps({"setup": setup}, sort_keys=True) + "\n",
        "instance.json": json.dumps(about, indent=1, sort_keys=True) + "\n",
    }
    return files, {**facts, "disk_mb": 200}


def _lock_text(entry: CatalogEntry, lock: Lock) -> str:
    rows = [f"  {name}:\n    image: {_locked(c.image, lock)}\n" for name, c in sorted(entry.compose.services.items())]
    return "# The exact images of this instance, from stack.lock.yaml.\nservices:\n" + "".join(rows)


def _locked(reference: str, lock: Lock) -> str:
    if reference not in lock.images:
        message = _("the lock file does not say which image '{image}' is").format(image=reference)
        raise InputError(message, hint=_("Resolve it: provisioner images lock stack.yaml"))
    return lock.images[reference].image


def _refuse_clashes(stacks: list[tuple[Stack, Lock]], catalog: Catalog) -> None:
    twice = [name for name, count in Counter(stack.association.id for stack, _lock in stacks).items() if count > 1]
    if twice:
        raise InputError(_("association '{name}' is given twice").format(name=twice[0]))
    entries = [(stack, name, catalog.entry(name)) for stack, _lock in stacks for name in stack.services]
    names = Counter(domain for each in entries for domain in domains_of(*each))
    names.update(portal_domain(stack) for stack, _lock in stacks if stack.portal)
    clash = [name for name, count in names.items() if count > 1]
    if clash:
        message = _("two services want the name {domain}").format(domain=clash[0])
        raise InputError(message, hint=_("Give one of them another subdomain in stack.yaml."))
    ports = Counter(port.published for _stack, _name, entry in entries for port in entry.service.open_ports)
    clash = [port for port, count in ports.items() if count > 1]
    if clash:
        message = _("two services want the port {port} of this host").format(port=clash[0].partition(":")[2])
        raise InputError(message, hint=_("Put one of them on another host."))
