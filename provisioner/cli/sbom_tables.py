"""What `provisioner sbom` prints and writes."""

from collections import Counter
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from provisioner.cli.common import print_table
from provisioner.i18n import _, ngettext
from provisioner.sbom.inventory import Host, Inventory
from provisioner.sbom.match import Compared

SHOWN = 40


def save(folder: Path, texts: dict[str, str]) -> list[str]:
    """Write each text as DIR/<name>.cdx.json and return the paths."""
    from provisioner.host.layout import write

    for name, text in texts.items():
        write(folder / f"{name}.cdx.json", text)
    return [str(folder / f"{name}.cdx.json") for name in texts]


def as_data(found: Inventory, compared: Compared | None) -> dict[str, Any]:
    """Return everything as data for scripts."""
    known = [asdict(each) for each in compared["known"]] if compared else []
    return {
        "hosts": {name: asdict(host) for name, host in found.hosts.items()},
        "instances": {name: [asdict(each) for each in images] for name, images in found.instances.items()},
        "advisories": {**compared, "known": known} if compared else None,
    }


def show(found: Inventory, compared: Compared | None) -> None:
    """Print the counts of each image and host, then what is known about them."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in (_("Where"), _("Image"), _("System"), _("Packages"), _("Licence known")):
        table.add_column(title, overflow="fold")
    for owner, contents in found.everything():
        where = owner if owner == contents.name else f"{owner}/{contents.name}"
        counts = Counter(package.type for package in contents.packages)
        told = (
            ", ".join(f"{kind} {count}" for kind, count in sorted(counts.items())) or contents.error or _("none found")
        )
        licensed = sum(bool(package.licenses) for package in contents.packages)
        share = f"{100 * licensed // len(contents.packages)} %" if licensed else "-"
        image = contents.reference.rpartition("/")[2] if contents.stands_for else contents.reference
        if contents.stands_for:
            image = _("{image} in place of {other}").format(image=image, other=contents.stands_for)
        system = contents.release.get("PRETTY_NAME", "?")
        table.add_row(where, image.strip(), system, told, share)
    print_table(table)
    for owner, contents in found.everything():
        if contents.opaque:
            text = ngettext(
                "{where}: {count} program or library whose parts nobody lists: {paths}",
                "{where}: {count} programs or libraries whose parts nobody lists: {paths}", len(contents.opaque),
            )  # fmt: skip
            paths = ", ".join(contents.opaque[:3]) + (" ..." if len(contents.opaque) > 3 else "")
            click.echo(text.format(where=f"{owner}/{contents.name}", count=len(contents.opaque), paths=paths))
    for host in found.hosts.values():
        show_host(host)
    if compared:
        show_known(compared)


def show_host(host: Host) -> None:
    """Print what apt would bring newer on a host."""
    if host.pending is None or not host.lists:
        click.echo(_("{host}: apt does not know what is new (its lists are missing).").format(host=host.name))
        return
    security = [each["name"] for each in host.pending if each["security"]]
    text = _("{host}: {count} newer packages wait, {security} of them for security{names}; apt last looked on {day}.")
    names = f" ({', '.join(security[:8])})" if security else ""
    day = datetime.fromtimestamp(host.lists, UTC).strftime("%Y-%m-%d")
    click.echo(text.format(host=host.name, count=len(host.pending), security=len(security), names=names, day=day))


def show_known(compared: Compared) -> None:
    """Print the feeds, what they know, and what they leave open."""
    for feed in compared["feeds"]:
        click.echo(feed_line(feed))
    if compared["known"]:
        print_table(_known_table(compared))
    fixed = sum(bool(each.fixed) for each in compared["known"])
    text = _("{count} advisories concern what is installed; for {fixed} of them there is a fixed version.")
    click.echo(text.format(count=len(compared["known"]), fixed=fixed))
    if compared["uncovered"]:
        told = ", ".join(f"{name} {count}" for name, count in compared["uncovered"].items())
        click.echo(_("Not compared, no feed given covers them: {told}").format(told=told))
    if compared["undecided"]:
        told = "; ".join(compared["undecided"][:3]) + (" ..." if len(compared["undecided"]) > 3 else "")
        click.echo(_("{count} could not be decided: {told}").format(count=len(compared["undecided"]), told=told))
    click.echo(_("Nothing found is no proof of safety: a feed knows only what was reported until its date."))


def feed_line(feed: dict[str, Any]) -> str:
    """Return one line about a feed: how old, how much, of what."""
    by = _("the file's own time") if feed["dated_by"] == "file" else _("its newest advisory")
    text = _("Feed {path}: of {date} ({by}), {count} advisories for {ecosystems}.")
    shown = feed["ecosystems"][:6]
    ecosystems = ", ".join(shown) + (" ..." if len(feed["ecosystems"]) > len(shown) else "")
    line = text.format(
        path=feed["path"], date=feed["date"][:10], by=by, count=feed["advisories"], ecosystems=ecosystems
    )
    if feed["stale"]:
        line += " " + _("{days} days old: fetch a newer one.").format(days=feed["days"])
    return line


def _known_table(compared: Compared) -> Any:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in (_("Package"), _("Installed"), _("Fixed in"), _("Advisory"), _("Severity"), _("Where")):
        table.add_column(title, overflow="fold")
    for each in compared["known"][:SHOWN]:
        names = next((alias for alias in each.aliases if alias.startswith("CVE")), "")
        where = ", ".join(each.where[:2]) + (f" +{len(each.where) - 2}" if len(each.where) > 2 else "")
        cells = (
            f"{each.package} ({each.ecosystem})", each.installed, each.fixed or _("none yet"),
            f"{each.id} {names}".strip(), each.severity[:20], where,
        )  # fmt: skip
        table.add_row(*cells)
    if len(compared["known"]) > SHOWN:
        table.add_row(_("{count} more: --json").format(count=len(compared["known"]) - SHOWN), "", "", "", "", "")
    return table
