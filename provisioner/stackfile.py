"""Write stack.yaml for a person to read and change: each line says what it is for, in the association's language."""

import json
from typing import Any

import jinja2

from provisioner.catalog import Catalog
from provisioner.i18n import _
from provisioner.models.stack import Stack
from provisioner.paths import data_dir


def stack_text(stack: Stack, catalog: Catalog, language: str) -> str:
    """Given a stack, return the text of stack.yaml with its comments."""
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=False, trim_blocks=False)  # noqa: S701
    environment.filters["tojson_text"] = lambda text: json.dumps(str(text), ensure_ascii=False)
    blocks = (
        "association",
        "domain",
        "certificates",
        "host",
        "images",
        "mail",
        "recipients",
        "portal",
        "backup",
        "security",
    )
    template = environment.from_string((data_dir("templates") / "stack.yaml.j2").read_text("utf-8"))
    text = template.render(
        t={**_comments(), **_backup_comments(), **_security_comments()},
        **{name: getattr(stack, name) for name in blocks},
        services=[_service(stack, catalog, name, language) for name in stack.services],
    )
    rows = [line.rstrip() for line in text.splitlines()]
    return "\n".join(row for i, row in enumerate(rows) if row or (i and rows[i - 1])).rstrip() + "\n"


def _service(stack: Stack, catalog: Catalog, name: str, language: str) -> dict[str, Any]:
    service, chosen = catalog.entry(name).service, stack.services[name]
    settings = [
        {
            "name": key,
            "value": chosen.settings.get(key, setting.default),
            "help": setting.help.in_language(language).replace("\n", " "),
        }
        for key, setting in service.settings.items()
        if not setting.retention  # gdpr.yaml says it, or the default of the map
    ]
    return {
        "name": name,
        "summary": service.summary.in_language(language).replace("\n", " "),
        "subdomain": chosen.subdomain or service.route.subdomain,
        "settings": settings,
    }


def _comments() -> dict[str, str]:
    return {
        "title": _("The services of one association. Change what you like, then: provisioner plan, provisioner apply."),
        "id": _("short name of the instances; never change it later"),
        "contact": _("the address of a role, not of a person; certificates and applications write to it"),
        "language": _("fr or en"),
        "domain": _("Each service answers at <subdomain>.<domain>. Point these names (DNS) to the host's address."),
        "certificates": _(
            "acme: public certificates, made and renewed by itself. internal: own authority, for lab and LAN."
        ),
        "host": _("The machine it runs on: Debian 12 or 13, reached by SSH."),
        "user": _("root, or a user who may use sudo without a password"),
        "known_hosts": _("pins the host's key, so that nobody can stand in between"),
        "images": _(
            "registry: upstream images. build: images made from Debian, PyPI and npm packages, in your registry. "
            "auto: upstream's, and a built one for what cannot be had."
        ),
        "mirror": _("a mirror of upstream's registries, as host:port or mirror.example/{registry}"),
        "mail": _(
            "The relay that takes outgoing mail; without it no service sends any. "
            "Its password: provisioner secrets set mail_password"
        ),
        "recipients": _(
            "Who can open secrets.age: the age public keys of at least two people. Add those of your colleagues."
        ),
        "portal": _("The start page: the services in plain words, in French and English. Take it out for none."),
        "ask": _("whom people may ask, beside the contact"),
        "services": _("The services, and what may be chosen for each."),
    }


def _backup_comments() -> dict[str, str]:
    return {
        "offline": _("its identity lies in a safe and on no computer"),
        "backup": _(
            "Where encrypted copies go. Take two places, one of them away; without this block there is no copy."
        ),
        "destinations": _("nearest first; logins: provisioner secrets set, SSH key: provisioner secrets backup-key"),
        "offsite": _("true: at another place than the host, so that it survives a fire"),
        "append_only": _("true: the server refuses to delete, so that copies survive a stolen host"),
        "upload_kib": _("most KiB per second"),
        "ssh_port": _("the server's SSH port"),
        "host_key": _("what ssh-keyscan prints after the name: pins the server's key"),
        "window": _("when copies are made, in the host's time; empty: at any time"),
        "keep": _("how many copies stay"),
        "within": _("where the server refuses to delete: how long its owner keeps everything"),
        "drill_days": _("days between two restores for practice; 0: none"),
        "late_hours": _("a last good copy older than this is an alert"),
        "alerts": _(
            "who gets alerts by e-mail; empty: the contact. Other channels: provisioner secrets set alert_urls"
        ),
    }


def _security_comments() -> dict[str, str]:
    return {
        "security": _("How strict the host is. What each rule does, and what is left out and why: docs/security.md"),
        "level": _("auto: from `data`. none, minimal, intermediary, enhanced: the levels of ANSSI BP-028"),
        "data": _("the most sensitive data people keep here: public, internal, personal, sensitive, health"),
        "ssh_from": _("networks that may use SSH; empty: everywhere (keys only in any case)"),
        "never_banned": _("addresses that limits on sign-in never shut out, such as your office's"),
        "reboot": _("when the host may restart after security updates; never: by hand"),
        "log_days": _("how long the host keeps its logs, 183 to 366 days; with a gdpr.yaml, its map says it instead"),
        "tls": _("intermediate: TLS 1.2 and 1.3. modern: TLS 1.3 only"),
    }
