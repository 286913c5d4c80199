"""provisioner audit"""

import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from provisioner.cli import print_json, tell
from provisioner.cli.common import catalog_option, json_option, load_all, say, stacks_argument
from provisioner.errors import InputError, ProvisionerError, raise_all
from provisioner.i18n import _, language

if TYPE_CHECKING:
    from provisioner.audit.run import Wish
    from provisioner.bundle import Bundle
    from provisioner.catalog import Catalog
    from provisioner.models.scorecard import Comparison, Scorecard

NAMES = (
    "anssi_bp28_minimal", "anssi_bp28_intermediary", "anssi_bp28_enhanced", "cis_level1_server",
    "lynis", "ssh_audit", "docker", "ports", "web",
)  # fmt: skip
path_option = click.Path(path_type=Path)


@click.command(short_help="Have outside auditors judge a host: one scorecard, with history.")
@stacks_argument
@click.option("--host", "hosts", multiple=True, help="Only this host of the stacks (may be given again).")
@click.option("--only", multiple=True, type=click.Choice(NAMES), help="Only this auditor (may be given again).")
@click.option("--deep", is_flag=True, help="ANSSI enhanced at any level, and testssl.sh if it is here.")
@click.option("--from", "scan_from", default="", help="Scan ports from a rehearsal host or user@address[:port].")
@click.option("--content", type=path_option, help="The package ssg-debian as a file, for hosts without a way to it.")
@click.option("--against", type=path_option, help="Compare with this scorecard instead of the last one.")
@click.option("--html", type=path_option, help="Write the scorecard as a page.")
@click.option("--history", is_flag=True, help="Only show the past audits.")
@click.option("--write-tailoring", type=path_option, help="Only write the waivers as SCAP tailoring files to a folder.")
@click.option("--remove", is_flag=True, help="Only take away what audits installed on the host.")
@json_option
@catalog_option
def command(
    stacks: tuple[Path, ...], hosts: tuple[str, ...], only: tuple[str, ...], deep: bool, scan_from: str,
    content: Path | None, against: Path | None, html: Path | None, history: bool, write_tailoring: Path | None,
    remove: bool, as_json: bool, catalog_dir: Path | None,
) -> None:  # fmt: skip
    """Judge each host with OpenSCAP (ANSSI BP-028, CIS), Lynis, ssh-audit, our Docker rules, a port scan, TLS, headers.

    The first audit installs openscap-scanner, lynis and linux-base on the host, and fetches SCAP content into
    /var/lib/provisioner/audit; --remove takes all that away. It takes some minutes. Scorecards are kept in audits/
    beside stack.yaml, and each is compared with the one before.

    Exit code 0: every goal of the host's level is met and nothing got worse; 1: not so; 3: an auditor could not run
    or a host does not answer, so nobody knows.

    \b
    Example:
      provisioner audit stack.yaml
      provisioner audit stack.yaml --only docker --only ports --html audit.html
    """
    from provisioner.audit.run import Wish
    from provisioner.cli import audit_more

    bundles, catalog = load_all(stacks, catalog_dir)
    groups = chosen(bundles, hosts)
    if history:
        audit_more.show_history(groups, as_json)
    elif remove:
        audit_more.remove(groups, as_json)
    elif write_tailoring:
        audit_more.write_tailoring(write_tailoring)
    else:
        wish = Wish(only=tuple(only), deep=deep, content=content, scan_from=scan_from)  # type: ignore[arg-type]
        _check(wish, groups, against, html)
        _audit(groups, catalog, wish, against, html, as_json)


def chosen(bundles: "list[Bundle]", hosts: tuple[str, ...]) -> "dict[str, list[Bundle]]":
    """Return the stacks by host, only the hosts asked for. Raise InputError naming those there are."""
    from provisioner.apply import by_host

    groups = by_host(bundles)
    strange = [name for name in hosts if name not in groups]
    text = _("no stack given here is on host '{name}' (there are: {names})")
    errors = [InputError(text.format(name=name, names=", ".join(groups))) for name in strange]
    raise_all(errors, _("The input cannot be used."))
    return {name: group for name, group in groups.items() if not hosts or name in hosts}


def _check(wish: "Wish", groups: "dict[str, list[Bundle]]", against: Path | None, html: Path | None) -> None:
    """Raise InputError with everything that could only fail after minutes."""
    from provisioner.audit import history, outer, there

    checks: list[Callable[[], object]] = []
    if wish.content:
        checks.append(partial(there.read_package, wish.content))
    if wish.scan_from:
        checks.append(partial(outer.scanning_command, wish.scan_from, "127.0.0.1"))
    if html and html.is_dir():
        checks.append(partial(_refuse, _("{path} is a folder; name a file for the page").format(path=html)))
    if against and len(groups) != 1:
        checks.append(partial(_refuse, _("--against compares one host; choose it with --host")))
    elif against:
        checks.append(partial(history.read_one, against, next(iter(groups))))
    errors = []
    for check in checks:
        try:
            check()
        except InputError as error:
            errors.append(error)
    raise_all(errors, _("The input cannot be used."))


def _refuse(message: str) -> None:
    raise InputError(message)


def _audit(
    groups: "dict[str, list[Bundle]]", catalog: "Catalog", wish: "Wish", against: Path | None, html: Path | None,
    as_json: bool,
) -> None:  # fmt: skip
    from concurrent.futures import ThreadPoolExecutor

    from provisioner.audit.run import audit
    from provisioner.cli import audit_show

    def one(name: str) -> "Scorecard | ProvisionerError":
        try:
            return audit(groups[name], catalog, wish, say)
        except ProvisionerError as error:
            return error

    with ThreadPoolExecutor(max_workers=5) as pool:
        found = dict(zip(groups, pool.map(one, groups), strict=True))
    codes: list[int] = []
    printed: dict[str, dict[str, object]] = {}
    for name, card in found.items():
        if isinstance(card, ProvisionerError):
            tell(card)
            codes.append(3)
            continue
        before, first, past, lost = _compared(groups[name][0].folder, card, against)
        kept = _written(partial(_keep, groups[name][0].folder, card))
        printed[name] = {"scorecard": card, "before": before, "first": first, "file": str(kept or ""), "lost": lost}
        codes += [3 if lost else exit_code(card, before), 0 if kept else 1]
        if not as_json:
            audit_show.show(card, before, first)
            click.echo(_("Kept: {path}").format(path=kept or "-"))
        if html:
            path = html if len(groups) == 1 else html.with_stem(f"{html.stem}-{name}")
            codes.append(0 if _written(partial(_page, path, card, before, first, past)) else 1)
    if as_json:
        unreachable = {name: e.message for name, e in found.items() if isinstance(e, ProvisionerError)}
        print_json({"hosts": {name: _plain(item) for name, item in printed.items()}, "unreachable": unreachable})
    sys.exit(max(codes, default=0))


def _written(write: Callable[[], Path]) -> Path | None:
    """Write one file; where that fails, say so and go on: what the other hosts' audits found is not lost with it."""
    try:
        return write()
    except ProvisionerError as error:
        tell(error)
        return None


def _plain(item: Mapping[str, object]) -> dict[str, object]:
    from pydantic import BaseModel

    return {k: v.model_dump(mode="json") if isinstance(v, BaseModel) else v for k, v in item.items()}


def exit_code(card: "Scorecard", before: "Comparison | None") -> int:
    """Return 3 when an auditor could not run, 1 when a goal is missed or something got worse, else 0."""
    if not card.auditors or any(each.not_run is not None for each in card.auditors):
        return 3
    missed = any(goal.met is not True for goal in card.goals)
    return 1 if missed or (before is not None and before.regressed) else 0


def _compared(
    folder: Path, card: "Scorecard", against: Path | None
) -> "tuple[Comparison | None, Comparison | None, list[Scorecard], list[str]]":
    """Return what changed since the last audit (or the one named) and since the first, the past ones, and the lost.

    Lost are damaged scorecards younger than the last whole one: what got worse since they were written is not known.
    """
    from provisioner.audit import compare, history

    past, strange = history.read(folder, card.host)
    for path in strange:
        click.echo(_("Left aside, no scorecard: {path}").format(path=path), err=True)
    lost = [] if against else history.lost(past, strange)
    if lost:
        click.echo(_("The last scorecard is damaged: nobody knows what got worse since then."), err=True)
    last = compare.latest([history.read_one(against, card.host)] if against else reversed(past))
    first = compare.latest(past)
    return (
        compare.compare(card, last) if last else None,
        compare.compare(card, first.model_copy(update={"time": past[0].time})) if first else None,
        past,
        [str(path) for path in lost],
    )


def _keep(folder: Path, card: "Scorecard") -> Path:
    from provisioner.audit import history

    try:
        return history.keep(folder, card)
    except OSError as error:
        message = _("{path} cannot be written: {reason}")
        raise ProvisionerError(message.format(path=error.filename, reason=error.strerror)) from error


def _page(
    path: Path, card: "Scorecard", before: "Comparison | None", first: "Comparison | None", past: "list[Scorecard]"
) -> Path:
    from provisioner.documents.audit import audit_page
    from provisioner.host.layout import write

    try:
        write(path, audit_page(card, before, first, past, language()), 0o600)
    except OSError as error:
        message = _("{path} cannot be written: {reason}")
        raise ProvisionerError(message.format(path=path, reason=error.strerror)) from error
    click.echo(_("Written: {path}").format(path=path), err=True)
    return path
