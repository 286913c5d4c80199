"""Tables and sentences for people, made from reports. Prints nothing itself."""

import difflib
import re
from typing import TYPE_CHECKING, Any

from provisioner.host.converge import fill
from provisioner.i18n import _
from provisioner.models.report import HostReport, InstanceReport, Report
from provisioner.render import PROXY, Tree

if TYPE_CHECKING:
    from rich.table import Table

SHOWN_FILES = 4


def action_word(action: str) -> str:
    """Return the word people read for an action."""
    words = {
        "create": _("create"), "update": _("update"), "start": _("start again"), "resume": _("finish"),
        "remove": _("remove, keep data"), "orphan": _("left running"), "none": _("unchanged"),
        "held": _("held at its restored version"),
    }  # fmt: skip
    return words[action]


def changes_table(report: Report) -> "Table":
    """Return a table of what changes (or changed), host by host; unchanged instances are counted, not listed."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in (_("Host"), _("What"), _("Action"), _("Details")):
        table.add_column(title, overflow="fold")
    for host in report.hosts:
        for task in host.tasks:
            table.add_row(host.host, _("host"), _("set up"), _(task))
        for item in host.instances:
            if item.action != "none":
                table.add_row(host.host, display_name(item.instance), action_word(item.action), details(item))
    return table


def display_name(instance: str) -> str:
    """Return the name of an instance as people read it."""
    return _("proxy") if instance == PROXY else instance


def details(item: InstanceReport) -> str:
    """Return why an instance changes and how it ended."""
    parts = [reason_words(item.reason)] if item.reason else []
    if item.action == "update":
        names = [*item.files, *(_("secret {name}").format(name=name) for name in item.secrets)]
        more = [_("and {count} more").format(count=len(names) - SHOWN_FILES)] if len(names) > SHOWN_FILES else []
        parts.append(", ".join([*names[:SHOWN_FILES], *more]))
    if item.action == "held":
        text = _("to let it change: provisioner restore {service} --release")
        parts.append(text.format(service=item.instance.partition("_")[2]))
    if item.action == "orphan":
        parts.append(_("no longer in the stack; remove it with: provisioner apply --remove"))
    if item.ok is False:
        parts.append(_("FAILED: {message}").format(message=item.message))
    elif item.ok:
        parts.append(_("{seconds} s").format(seconds=item.seconds))
    return "; ".join(parts)


def reason_words(reason: str) -> str:
    """Return the host program's reason (it speaks English only) in the language in use."""
    known = {
        r"container (\S+) is missing": _("container {name} is missing"),
        r"container (\S+) is unhealthy": _("container {name} is unhealthy"),
        r"container (\S+) is (?:exited|created|dead|paused|restarting)": _("container {name} does not run"),
        r"the route is closed": _("the route is closed"),
        r"an earlier apply did not finish": _("an earlier apply did not finish"),
        r"restored with version (\S+)": _("restored with version {name}"),
        r"was removed": _("was removed before; its data is still there"),
    }
    for pattern, text in known.items():
        found = re.fullmatch(pattern, reason)
        if found:
            return text.format(name=found.group(1) if found.groups() else "")
    return reason


def summary(report: Report) -> str:
    """Return one sentence that says how much changes, per host."""
    parts = []
    for host in report.hosts:
        unchanged = sum(item.action == "none" for item in host.instances)
        failed = sum(item.ok is False for item in host.instances)
        text = (
            _("{host}: {changed} to change, {unchanged} unchanged")
            if report.check
            else _("{host}: {changed} changed, {unchanged} unchanged")
        )
        text = text.format(host=host.host, changed=host.changed, unchanged=unchanged)
        parts.append(text + (_(", {failed} failed").format(failed=failed) if failed else ""))
    return "\n".join(parts)


def failures(report: Report) -> list[str]:
    """Return, for each thing that went wrong, what happened, the container's last lines and the next step."""
    texts = []
    for host in report.hosts:
        texts += [refusal(host, refused) for refused in host.refused]
        texts += [f"{host.host}: {failure}" for failure in host.failures]
        texts += [_instance_failure(host, item) for item in host.instances if item.ok is False]
    return texts


def refusal(host: HostReport, refused: dict[str, Any]) -> str:
    """Return the sentence for something that forbids acting on a host at all; nothing was changed there."""
    code = refused["code"]
    if code == "port_taken":
        text = _(
            "{host}: port {port} is taken by another program, and the proxy needs it. Nothing was started.\n"
            "  See which: ssh {host} ss -ltnp 'sport = :{port}'. Stop it (often apache2 or nginx), then apply again."
        )
        return text.format(host=host.host, port=refused["port"])
    if code == "disk_full":
        text = _(
            "{host}: {needed} MB of disk are needed for {instances}, {free} MB are free. Nothing was started.\n"
            "  Free some (docker image prune), take a larger disk, or leave a service out of stack.yaml."
        )
        instances = ", ".join(display_name(name) for name in refused["instances"])
        return text.format(host=host.host, needed=refused["needed_mb"], free=refused["free_mb"], instances=instances)
    if code in ("other_secrets", "old_secrets"):
        return _other_secrets(host, refused)
    return _("{host}: another apply is under way there. Wait for it, then apply again.").format(host=host.host)


def _other_secrets(host: HostReport, refused: dict[str, Any]) -> str:
    if refused["code"] == "old_secrets":
        text = _(
            "{host}: {instance} has had new values for {names} since this secrets.age was written. "
            "Nothing was changed.\n"
            "  Take the latest secrets.age of the stack. Is there none: provisioner secrets rotate {service}"
        )
    else:
        text = _(
            "{host}: {instance} has other values for {names} than secrets.age, as after a restore that was cut off. "
            "Nothing was changed.\n"
            "  Take the latest secrets.age of the stack, or set new ones: provisioner secrets rotate {service}"
        )
    service, names = refused["instance"].partition("_")[2], ", ".join(refused["names"])
    return text.format(host=host.host, instance=refused["instance"], names=names, service=service)


def _instance_failure(host: HostReport, item: InstanceReport) -> str:
    rows = [_("{host}: {instance}: {message}").format(host=host.host, instance=item.instance, message=item.message)]
    if item.logs:
        rows.append(_("  last lines:"))
        rows += [f"    {line[:200]}" for line in item.logs]
    rows.append("  " + next_step(item))
    return "\n".join(rows)


def next_step(item: InstanceReport) -> str:
    """Return what a person should try for a failed instance."""
    words = f"{item.message} {' '.join(item.logs)}".lower()
    if any(sign in words for sign in ("manifest unknown", "not found: manifest", "pull access denied", "no such host")):
        return _("The image cannot be had: provisioner images lock stack.yaml checks each one against the registry.")
    if "no space left" in words:
        return _("The disk is full: free some space on the host, then apply again; it goes on where it stopped.")
    service = item.instance.partition("_")[2]
    text = _("See more: provisioner logs {service} --container {container}; then apply again: it goes on from here.")
    return text.format(service=service, container=item.container or "app")


def diffs(report: Report, trees: dict[str, Tree]) -> list[str]:
    """Return unified diffs of every file that would change. Secrets are never files of the tree."""
    texts = []
    for host in report.hosts:
        tree = trees[host.host]
        for item in host.instances:
            for path in item.files:
                wished = tree.instances.get(item.instance, {}).get("files", {})
                new = fill(path, tree.blobs[wished[path]], list(item.ports.values())) if path in wished else ""
                name = f"{item.instance}/{path}"
                old = item.before.get(path, "")
                rows = difflib.unified_diff(old.splitlines(), new.splitlines(), f"a/{name}", f"b/{name}", lineterm="")
                texts.append("\n".join(rows))
            texts += [f"{item.instance}: " + _("secret {name}: new").format(name=name) for name in item.secrets]
    return texts
