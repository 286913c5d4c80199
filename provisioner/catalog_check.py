"""The cross-checks between service.yaml, compose.yaml and the taxonomy. Pure: entry in, findings out."""

import re
from collections.abc import Collection, Iterator

from provisioner.catalog import CatalogEntry
from provisioner.catalog_check_backup import check_backup
from provisioner.catalog_check_gdpr import check_gdpr
from provisioner.catalog_check_outline import check_outline
from provisioner.catalog_check_rotate import check_rotation
from provisioner.errors import Finding
from provisioner.hardening import check_hardening
from provisioner.i18n import _
from provisioner.models.compose import repository, tag
from provisioner.models.secret import Command
from provisioner.models.service import NotNeeded
from provisioner.models.stack import MAIL_VARIABLES

PLATFORM_VARIABLES = (
    "INSTANCE", "DOMAIN", "URL", "HTTP_PORT", "LANGUAGE", "CONTACT", "ASSOCIATION", "TIMEZONE",
    *MAIL_VARIABLES,
)  # fmt: skip
PLACEHOLDERS = ("instance", "domain", "url", "language", "contact", "association", "admin", "marker")
MOVING_TAGS = ("latest", "stable", "lts", "production", "edge", "main", "master", "nightly", "testing")
VARIABLE = re.compile(r"(?<!\$)\$\{([A-Z][A-Z0-9_]*)")
PLACEHOLDER = re.compile(r"\{((?:secret|setting)\.)?([A-Za-z_][A-Za-z0-9_]*)\}")


def check_entry(entry: CatalogEntry, needs: Collection[str], names: Collection[str] = ()) -> list[Finding]:
    """Given an entry, the ids of the taxonomy and all service names, return everything that does not fit together."""
    findings = check_outline(entry.service, entry.service_document, needs, names)
    for check in (
        _images,
        _variables,
        _secrets,
        _route,
        _volumes,
        _containers,
        _placeholders,
        _tried,
        check_backup,
        check_gdpr,
        check_rotation,
    ):
        findings += check(entry)
    return sorted([*findings, *check_hardening(entry)], key=lambda f: (f.file, f.line, f.path))


def _tried(entry: CatalogEntry) -> Iterator[Finding]:
    for name, upstream in entry.service.upstream.items():
        if upstream.tried == "nothing":
            text = _("a service with a compose.yaml says what was tried: upstream, stand-in or contract only")
            yield entry.service_document.finding(("upstream", name, "tried"), text)


def _images(entry: CatalogEntry) -> Iterator[Finding]:
    for name, container in entry.compose.services.items():
        place = ("services", name, "image")
        if not re.search(r"\d", tag(container.image)) or tag(container.image) in MOVING_TAGS:
            text = _("'{image}' is not pinned: give the exact version as its tag").format(image=container.image)
            yield entry.compose_document.finding(place, text)
        if repository(container.image) not in entry.service.upstream:
            text = _("service.yaml says nothing about the image '{image}' under upstream")
            yield entry.compose_document.finding(place, text.format(image=repository(container.image)))
    used = {repository(image) for image in entry.images}
    for name in set(entry.service.upstream) - used:
        yield entry.service_document.finding(("upstream", name), _("compose.yaml uses no such image"))


def _variables(entry: CatalogEntry) -> Iterator[Finding]:
    text = (entry.folder / "compose.yaml").read_text("utf-8")
    used = set(VARIABLE.findall(re.sub(r"(?m)^\s*#.*$", "", text)))
    known = {*PLATFORM_VARIABLES, *entry.service.route.port_variables, *entry.service.settings}
    for name in sorted(used - known):
        line = next(i for i, row in enumerate(text.splitlines(), 1) if "${" + name in row)
        message = _("${{{name}}} is neither a setting of service.yaml nor one of: {known}")
        message = message.format(name=name, known=", ".join(PLATFORM_VARIABLES))
        yield Finding(message, entry.compose_document.file, line)
    commands = str(entry.service_document.data)
    for name in entry.service.settings:
        if name not in used and "{setting." + name + "}" not in commands:
            yield entry.service_document.finding(("settings", name), _("nothing uses this setting"))
        if name in PLATFORM_VARIABLES:
            yield entry.service_document.finding(("settings", name), _("this name belongs to the platform"))
    for name, setting in entry.service.settings.items():
        if not re.fullmatch(setting.pattern, setting.default):
            message = _("the default '{value}' does not match the pattern").format(value=setting.default)
            yield entry.service_document.finding(("settings", name, "default"), message)


def _secrets(entry: CatalogEntry) -> Iterator[Finding]:
    declared, composed = set(entry.service.secrets), set(entry.compose.secrets)
    for name in sorted(declared - composed):
        yield entry.service_document.finding(("secrets", name), _("compose.yaml has no such secret"))
    for name in sorted(composed - declared):
        yield entry.compose_document.finding(("secrets", name), _("service.yaml has no such secret"))
    for name, secret in entry.compose.secrets.items():
        if secret.file != f"./secrets/{name}":
            text = _("must be ./secrets/{name}").format(name=name)
            yield entry.compose_document.finding(("secrets", name, "file"), text)
    for container, value in entry.compose.services.items():
        for name in set(value.secret_names()) - composed:
            text = _("no secret '{name}' at the end of this file").format(name=name)
            yield entry.compose_document.finding(("services", container, "secrets"), text)


def _route(entry: CatalogEntry) -> Iterator[Finding]:
    service = entry.service
    for name, container in entry.compose.services.items():
        open_ports = [port.published for port in service.open_ports if port.container == name]
        allowed = [*service.route.published(name), *open_ports]
        if container.ports != allowed:
            text = _("ports must be {wanted}: the proxy is the only way in").format(wanted=allowed)
            yield entry.compose_document.finding(("services", name, "ports"), text)


def _volumes(entry: CatalogEntry) -> Iterator[Finding]:
    backup, declared = entry.service.backup, set(entry.compose.volumes)
    covered = set(backup.volumes) | set(backup.not_kept) | {v for d in backup.dumps.values() for v in d.covers}
    for name in sorted(declared - covered):
        text = _("no backup covers this volume: name it under backup (volumes, a dump's covers, or not_kept)")
        yield entry.compose_document.finding(("volumes", name), text)
    for name in sorted(covered - declared):
        text = _("compose.yaml has no volume '{name}' (it has {known})")
        text = text.format(name=name, known=", ".join(sorted(declared)) or "-")
        yield entry.service_document.finding(("backup",), text)
    for name, container in entry.compose.services.items():
        for bind in container.binds():
            if bind.startswith("./files") and not (entry.folder / bind).exists():
                text = _("'{bind}' does not exist").format(bind=bind)
                yield entry.compose_document.finding(("services", name, "volumes"), text)


def _containers(entry: CatalogEntry) -> Iterator[Finding]:
    service, known = entry.service, ", ".join(entry.compose.services)
    named: list[tuple[tuple[str | int, ...], str]] = [
        (("route", "container"), service.route.container),
        *((("route", "also", i, "container"), way.container) for i, way in enumerate(service.route.also)),
        *((("open_ports", i, "container"), port.container) for i, port in enumerate(service.open_ports)),
        *((("sign_in_logs", i, "container"), log.container) for i, log in enumerate(service.sign_in_logs)),
        *((("gdpr", "restart", i), container) for i, container in enumerate(service.gdpr.restart)),
        (("upgrade", "version_of"), service.upgrade.version_of),
        *((("backup", "dumps", name, "in"), dump.in_) for name, dump in service.backup.dumps.items()),
        *(((*path, "in"), command.in_) for path, command in _commands(entry)),
    ]
    for path, name in named:
        if name not in entry.compose.services:
            text = _("no container '{name}' in compose.yaml (it has {known})").format(name=name, known=known)
            yield entry.service_document.finding(path, text)


def _commands(entry: CatalogEntry) -> Iterator[tuple[tuple[str | int, ...], Command]]:
    service = entry.service
    groups: dict[tuple[str, ...], list[object]] = {
        ("setup",): list(service.setup),
        ("backup", "before"): list(service.backup.before),
        ("backup", "after"): list(service.backup.after),
        ("backup", "after_restore"): list(service.backup.after_restore),
        ("gdpr", "export"): list(service.gdpr.export),
        ("gdpr", "erase"): list(service.gdpr.erase),
        ("gdpr", "leave"): list(service.gdpr.leave),
        ("gdpr", "seed"): list(service.gdpr.seed),
        ("gdpr", "shown"): list(service.gdpr.shown),
        ("probe", "write"): list(service.probe.write),
        ("probe", "read"): list(service.probe.read),
    }
    for path, commands in groups.items():
        for index, command in enumerate(commands):
            if isinstance(command, Command):
                yield (*path, index), command
    for name, count in service.backup.counts.items():
        yield ("backup", "counts", name), count
    if service.gdpr.subjects:
        yield ("gdpr", "subjects"), service.gdpr.subjects
    for key, purge in service.gdpr.purges.items():
        yield ("gdpr", "purges", key, "aged"), purge.aged
        yield from [(("gdpr", "purges", key, "there"), purge.there)] if purge.there else []
        for index, command in enumerate(purge.seed):
            yield ("gdpr", "purges", key, "seed", index), command
        for index, command in enumerate(purge.run):
            yield ("gdpr", "purges", key, "run", index), command
    if not isinstance(service.first_admin, NotNeeded):
        yield ("first_admin",), service.first_admin


def _placeholders(entry: CatalogEntry) -> Iterator[Finding]:
    """Commands outside the probe may name what the platform fills in, and settings; secrets only as files."""
    for path, command in _commands(entry):
        for kind, name in PLACEHOLDER.findall(" ".join(command.run)):
            if kind == "secret." and path[0] != "probe" and path != ("gdpr", "seed"):
                text = _("a secret in a command line can be read by others: use /run/secrets/{name} inside")
                yield entry.service_document.finding(path, text.format(name=name))
            if kind == "setting." and name not in entry.service.settings:
                text = _("no setting '{name}'").format(name=name)
                yield entry.service_document.finding(path, text)
    marked = str(entry.service_document.data.get("probe", {}).get("write", ""))
    if "{marker}" not in marked:
        yield entry.service_document.finding(("probe", "write"), _("the probe never writes {marker}"))
