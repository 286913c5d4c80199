"""provisioner backup"""

import sys
import time
from pathlib import Path
from typing import Any

import click

from provisioner.cli import print_json, tell
from provisioner.cli.common import catalog_option, json_option, load_all, print_table, say, yes_or_no
from provisioner.errors import ProvisionerError
from provisioner.i18n import _

PATIENCE = 6 * 3600  # seconds: the timer may be in the middle of the first backup of all
stack_option = click.option(
    "--stack", type=click.Path(path_type=Path), default=Path("stack.yaml"), show_default=True, help="The stack."
)
destination_option = click.option("--destination", default="", help="Only this destination (default: all).")


@click.group(short_help="Back up now, list snapshots, check repositories, prune.")
def command() -> None:
    """Backups. A timer on the host makes them by itself; here is what a person asks for."""


@command.command("run")
@click.argument("services", nargs=-1)
@stack_option
@json_option
@catalog_option
def run(services: tuple[str, ...], stack: Path, as_json: bool, catalog_dir: Path | None) -> None:
    """Back up now: the whole stack, or some of its services.

    \b
    Example:
      provisioner backup run wordpress
    """
    from provisioner.saving import reason_of, stream

    [bundle], _catalog = load_all((stack,), catalog_dir)
    about = bundle.stack.association.id
    request = {"associations": [about], "only": list(services), "patience": PATIENCE}
    answer = stream(bundle, "backup", request, say)[about]
    instances, records = answer["instances"], answer["records"]
    results = [item for each in (*instances.values(), records) for item in each.values()]
    if as_json:
        print_json(answer)
    else:
        for name, each in sorted(instances.items()):
            for where, item in each.items():
                text = _size(item) if item["ok"] else _("FAILED: {message}").format(message=reason_of(item["message"]))
                click.echo(f"{name} -> {where}: {text}")
        for where, item in records.items():
            if not item["ok"]:
                message = reason_of(item["message"])
                click.echo(_("record in {where}: FAILED: {message}").format(where=where, message=message))
        if results and all(item["ok"] for item in results):
            click.echo(_("Next: provisioner drill restores it for practice."))
    sys.exit(0 if instances and all(item["ok"] for item in results) else 1)


def _size(item: dict[str, Any]) -> str:
    text = _("{files} files, {size} MB, {added} MB new, {seconds} s, snapshot {snapshot}")
    return text.format(
        files=item["files"], size=round(item["bytes"] / 2**20, 1), added=round(item["added"] / 2**20, 1),
        seconds=item["seconds"], snapshot=item["snapshot"][:8],
    )  # fmt: skip


@command.command("list")
@click.argument("service", required=False)
@stack_option
@json_option
@catalog_option
def list_(service: str | None, stack: Path, as_json: bool, catalog_dir: Path | None) -> None:
    """List the good snapshots in each destination: those a restore may take.

    \b
    Example:
      provisioner backup list wordpress
    """
    from rich.table import Table

    from provisioner.remote import ask
    from provisioner.saving import instance, reason_of

    [bundle], _catalog = load_all((stack,), catalog_dir)
    found = ask(bundle, "snapshots", {"association": bundle.stack.association.id})
    if as_json:
        print_json(found)
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in (_("Instance"), _("Taken"), _("Snapshot"), _("Version"), _("Destination")):
        table.add_column(title, overflow="fold")
    for where, each in sorted(found.items()):
        for item in each.get("snapshots", []):
            if not service or item["instance"] == instance(bundle, service):
                taken = time.strftime("%Y-%m-%d %H:%M", time.localtime(item["time"]))
                table.add_row(item["instance"], taken, item["snapshot"][:8], item["version"], where)
    print_table(table)
    for where, each in found.items():
        if "trouble" in each:
            tell(ProvisionerError(f"{where}: {reason_of(each['trouble'])}"))
    sys.exit(1 if any("trouble" in each for each in found.values()) else 0)


@command.command("check")
@click.option("--depth", type=click.Choice(["structure", "round", "all"]), default="structure", show_default=True)
@destination_option
@stack_option
@json_option
@catalog_option
def check(depth: str, destination: str, stack: Path, as_json: bool, catalog_dir: Path | None) -> None:
    """Check repositories: their structure, a thirtieth of all data (the timer does so daily), or all data at once.

    \b
    Example:
      provisioner backup check --depth all
    """
    _checked("check", {"destination": destination, "depth": depth}, stack, as_json, catalog_dir)


@command.command("prune")
@destination_option
@click.option("--from-here", "url", default="", metavar="URL", help="From this machine, by another way in.")
@click.option("--yes", is_flag=True, help="With --from-here: do not ask.")
@stack_option
@json_option
@catalog_option
def prune(destination: str, url: str, yes: bool, stack: Path, as_json: bool, catalog_dir: Path | None) -> None:
    """Let snapshots go that `keep` in stack.yaml does not name, and free their space. The timer does so weekly.

    A destination that refuses to delete (append_only) is pruned by age (`keep: within`) from a machine that may delete
    there: with --from-here, restic runs on yours and the login is asked for.

    \b
    Example:
      provisioner backup prune --destination disk
      provisioner backup prune --destination offsite --from-here rest:https://admin.backup.example.org/asso
    """
    if url:
        _pruned_here(destination, url, yes, stack)
        return
    _checked("prune", {"destination": destination}, stack, as_json, catalog_dir)


def _pruned_here(destination: str, url: str, yes: bool, stack: Path) -> None:
    """Prune from this machine: show what would go, ask, let it go."""
    from provisioner.bundle import load_alone
    from provisioner.errors import InputError
    from provisioner.prune_here import environment, forget, listed, refuse

    bundle = load_alone(stack)
    known = {each.name: each for each in (bundle.stack.backup.destinations if bundle.stack.backup else [])}
    if destination not in known:
        hint = _("This stack has: {names}").format(names=", ".join(known) or "-")
        raise InputError(_("say which destination: --destination NAME"), hint=hint)
    user = password = ""
    if url.startswith(("rest:", "s3:")):
        user = click.prompt(_("User name that may delete there"), err=True)
        password = click.prompt(_("Password"), hide_input=True, err=True)
    where = environment(bundle, known[destination], url, user, password)
    within = bundle.stack.backup.keep.within if bundle.stack.backup else ""
    refuse(listed(where), within, time.time())
    click.echo(forget(where, within, dry=True))
    question = _("Let the snapshots go that are older than {within}? They cannot be brought back.")
    if not yes and not yes_or_no(question.format(within=within), default=False):
        raise InputError(_("not confirmed; nothing was changed"))
    click.echo(forget(where, within, dry=False))


def _checked(what: str, request: dict[str, Any], stack: Path, as_json: bool, catalog_dir: Path | None) -> None:
    from provisioner.saving import REFUSALS, stream

    [bundle], _catalog = load_all((stack,), catalog_dir)
    answer = stream(bundle, what, {"association": bundle.stack.association.id, **request}, say)
    if as_json:
        print_json(answer)
    else:
        for where, item in answer.items():
            words = _(REFUSALS.get(item["code"], item["code"]))
            text = _("well") if item["ok"] else _("FAILED: {message}").format(message=f"{words}: {item['message']}")
            click.echo(f"{where}: {text}")
    sys.exit(0 if answer and all(item["ok"] for item in answer.values()) else 1)
