"""The recovery sheet: on paper for people, as data for `provisioner recover`. Pure."""

import json
from collections.abc import Mapping
from typing import NamedTuple

from provisioner.catalog import Catalog
from provisioner.documents.figures import day
from provisioner.documents.page import filled
from provisioner.errors import Finding, InputError
from provisioner.host.layout import BACKUP
from provisioner.i18n import _
from provisioner.models.base import Text
from provisioner.models.recovery import Sheet, SheetDestination, check_characters, printed
from provisioner.models.stack import Recipient, Stack
from provisioner.portal import portal_domain
from provisioner.render import domain_of, instance_name
from provisioner.sentences import Value, sentence
from provisioner.ssh_keys import ssh_seed


class Around(NamedTuple):
    """What stands on the paper beside the sheet itself."""

    stack: Stack
    services: list[tuple[str, str]]
    calls: list[tuple[str, str]]
    with_keys: bool


def sheet_of(stack: Stack, secrets: Mapping[str, Mapping[str, str]], written: str) -> Sheet:
    """Given a stack and its secrets (instance -> name -> value), return the sheet of a day (YYYY-MM-DD).

    Raise InputError when the stack has no backup, or naming every destination whose key was not made yet.
    """
    if not stack.backup:
        hint = _(
            "Write the block `backup` in stack.yaml; an example stands there as a comment. Then: provisioner apply"
        )
        raise InputError(_("this stack has no backup, so there is nothing to recover from"), hint=hint)
    mine, given = secrets.get(instance_name(stack, BACKUP), {}), secrets.get(stack.association.id, {})
    text = _("backup destination '{name}' has no key yet")
    names = [each.name for each in stack.backup.destinations if not mine.get(f"key_{each.name}")]
    if names:
        findings = [Finding(text.format(name=name)) for name in names]
        raise InputError(_("The sheet would be of no use yet."), findings, _("Make them: provisioner apply"))
    destinations = [
        SheetDestination(
            **each.model_dump(include={"name", "url", "offsite", "append_only", "host_key", "port", "certificate"}),
            **{part: given.get(f"backup_{part}_{each.name}", "") for part in ("user", "password")},
            key=mine[f"key_{each.name}"],
            ssh=mine.get(f"ssh_{each.name}", "") if each.kind == "sftp" else "",
        )
        for each in stack.backup.destinations
    ]
    return Sheet(
        format=1, association=stack.association.id, name=stack.association.name, written=written, domain=stack.domain,
        services=sorted(stack.services), destinations=destinations,
    )  # fmt: skip


def services_of(stack: Stack, catalog: Catalog) -> list[tuple[str, str]]:
    """Return what runs in a stack, the start page first and without a title: (title, name on the web)."""
    found = [("", portal_domain(stack))] if stack.portal else []
    titles = ((name, catalog.entry(name)) for name in sorted(stack.services))
    return found + [(entry.service.title, domain_of(stack, name, entry)) for name, entry in titles]


def recovery_page(sheet: Sheet, around: Around, language: str) -> str:
    """Return the sheet as a page in one language; without keys, no secret is in it."""
    stack = around.stack
    values: dict[str, Value] = {
        "name": sheet.name, "date": day(sheet.written), "domain": sheet.domain,
        "fingerprint": sheet.fingerprint.replace(" ", "\u00a0"),
    }  # fmt: skip

    def say(key: str, **more: str) -> Text:
        return sentence("recovery", key, {**values, **more})

    holders = [each if isinstance(each, Recipient) else Recipient.model_construct(key=each, name="", offline=False)
               for each in stack.recipients]  # fmt: skip
    command = f"provisioner recover sheet.json --host ADDRESS --domain {sheet.domain}"
    return filled(
        "recovery.html.j2", language, "recovery.css", w=say, sheet=sheet, stack=stack, keys=around.with_keys,
        calls=around.calls, services=around.services, holders=holders, command=command, text=sheet_text(sheet),
        few=len(stack.recipient_keys) < 3 or not any(each.offline for each in holders),
        away=any(each.offsite for each in sheet.destinations), printed=printed, check=check_characters, seed=ssh_seed,
    )  # fmt: skip


def sheet_text(sheet: Sheet) -> str:
    """Return the sheet as YAML to be typed from paper: short lines, keys in groups with check characters."""
    lines = [
        "format: 1", f"association: {sheet.association}", f"name: {_quoted(sheet.name)}", f"written: {sheet.written}",
        f"domain: {sheet.domain}", f"services: [{', '.join(sheet.services)}]", "destinations:",
    ]  # fmt: skip
    return "\n".join([*lines, *(line for each in sheet.destinations for line in _destination(each))]) + "\n"


def _destination(each: SheetDestination) -> list[str]:
    lines = [f"  - name: {each.name}", f"    url: {_quoted(each.url)}"]
    lines += [] if each.offsite else ["    offsite: false"]
    lines += ["    append_only: true"] if each.append_only else []
    lines += [f"    {name}: {_quoted(getattr(each, name))}" for name in ("user", "password") if getattr(each, name)]
    lines += [f"    key: {_quoted(printed(each.key))}"]
    lines += [f"    ssh: {_quoted(printed(ssh_seed(each.ssh)))}"] if each.ssh else []
    lines += [f"    host_key: {_quoted(each.host_key)}"] if each.host_key else []
    lines += [f"    port: {each.port}"] if each.port != 22 else []
    if each.certificate:
        lines += ["    certificate: |", *(f"      {line}" for line in each.certificate.splitlines())]
    return lines


def _quoted(text: str) -> str:
    """Return a text in the quotes with which the fewest signs have to be typed."""
    plain = text.isprintable() and any(sign in text for sign in '"\\')
    return "'" + text.replace("'", "''") + "'" if plain else json.dumps(text, ensure_ascii=False)
