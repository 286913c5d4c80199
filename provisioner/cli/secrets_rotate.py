"""provisioner secrets rotate"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from provisioner.cli import print_json
from provisioner.cli.common import catalog_option, json_option, load_all, print_table, say
from provisioner.errors import InputError
from provisioner.i18n import _

if TYPE_CHECKING:
    from provisioner.bundle import Bundle
    from provisioner.catalog import Catalog
    from provisioner.rotation import Item, Outcome
    from provisioner.rotation_backup import Turned


@click.command("rotate")
@click.argument("service", required=False, default="")
@click.argument("name", required=False, default="")
@click.option("--all", "everything", is_flag=True, help="Every secret of SERVICE, or of every service.")
@click.option("--seen-by", "who", default="", help="All that somebody who left could read and that is still in use.")
@click.option("--dry-run", is_flag=True, help="Tell what would be changed, and change nothing.")
@click.option("--stack", type=click.Path(path_type=Path), default=Path("stack.yaml"), show_default=True)
@json_option
@catalog_option
def rotate_(
    service: str,
    name: str,
    everything: bool,
    who: str,
    dry_run: bool,
    stack: Path,
    as_json: bool,
    catalog_dir: Path | None,
) -> None:
    """Give secrets new values, each in the way its application asks for. What is written in the application stays.

    The service starts anew, which takes a moment. When it does not run with the new values, the old ones come back.
    An administrator's password is set anew even if somebody changed it in the application. SERVICE backup and a
    destination: new keys for its copies.

    \b
    Example:
      provisioner secrets rotate wordpress db_password
      provisioner secrets rotate backup offsite
      provisioner secrets rotate --seen-by Ada
    """
    [bundle], catalog = load_all((stack,), catalog_dir)
    _one_wish(service, name, everything, who)
    wanted, places, by_hand = _wanted(bundle, catalog, service, name, who)
    if dry_run:
        _show(wanted, places, by_hand, as_json)
        return
    outcomes, turned = _done(bundle, catalog, wanted, places, as_json)
    ok = all(each.ok for each in outcomes) and all(key.ok or key.waits for key in turned)
    if as_json:
        data = {"done": [each._asdict() for each in outcomes], "keys": [each._asdict() for each in turned], "ok": ok}
        print_json({**data, "by_hand": [each._asdict() for each in by_hand]})
    else:
        _tell(wanted, outcomes, turned, by_hand)
    sys.exit(0 if ok else 1)


def _one_wish(service: str, name: str, everything: bool, who: str) -> None:
    """Raise InputError unless exactly one thing is asked for."""
    wrong = ""
    if who and (service or everything):
        wrong = _("--seen-by stands alone")
    elif everything and name:
        wrong = _("--all and the name of one secret: which is it?")
    elif service == "backup" and not name:
        wrong = _("which destination? provisioner secrets rotate backup DESTINATION")
    elif not (service or everything or who):
        wrong = _("what is to be changed? Give a service, --all or --seen-by NAME")
    elif service and service != "backup" and not name and not everything:
        wrong = _("which secret of {service}? Give its name, or --all").format(service=service)
    if wrong:
        raise InputError(wrong, hint=_("See: provisioner secrets rotate --help"))


def _wanted(
    bundle: "Bundle", catalog: "Catalog", service: str, name: str, who: str
) -> "tuple[list[Item], list[str], list[Item]]":
    """Return the secrets of services to be changed, the keys of destinations, and what only a person can change."""
    from provisioner.rotation import ROTATABLE, items, named
    from provisioner.rotation_backup import destination

    if who:
        return _seen(bundle, catalog, who)
    if service == "backup":
        destination(bundle, name)
        return [], [name], []
    found = items(bundle, catalog, service)
    if name:
        return named(found, name), [], []
    return [item for item in found if item.way in ROTATABLE], [], [item for item in found if item.way not in ROTATABLE]


def _seen(bundle: "Bundle", catalog: "Catalog", who: str) -> "tuple[list[Item], list[str], list[Item]]":
    """Sort what somebody who left could read, and what has not changed since."""
    from provisioner.recipients import readable
    from provisioner.recipients_left import still_seen
    from provisioner.rotation import ROTATABLE, Item, items
    from provisioner.secrets import read_secrets

    seen = still_seen(read_secrets(bundle.secrets_path), bundle.stack, who)
    mine = [item for item in items(bundle, catalog) if (item.instance, item.name) in seen]
    wanted = [item for item in mine if item.way in ROTATABLE]
    rest = [each for each in readable(bundle, catalog) if (each.instance, each.name) in seen]
    places = [each.name for each in rest if each.kind in ("ssh", "repository")]
    done = {(item.instance, item.name) for item in wanted}
    by_hand = [
        Item(each.instance, "", each.name, each.purpose, each.kind if each.kind in ("given", "fixed") else "given")
        for each in rest
        if (each.instance, each.name) not in done and each.name not in places
    ]
    return wanted, places, by_hand


def _done(
    bundle: "Bundle", catalog: "Catalog", wanted: "list[Item]", places: list[str], quiet: bool
) -> "tuple[list[Outcome], list[Turned]]":
    from provisioner.rotation import rotate
    from provisioner.rotation_backup import rotate_keys

    telling = (lambda *_words: None) if quiet else say
    outcomes = rotate(bundle, catalog, wanted, telling) if wanted else []
    return outcomes, [turned for place in places for turned in rotate_keys(bundle, place, telling)]


def _show(wanted: "list[Item]", places: list[str], by_hand: "list[Item]", as_json: bool) -> None:
    """Print what would be done."""
    from rich.table import Table

    from provisioner.rotation import WAYS

    if as_json:
        print_json({"secrets": [each._asdict() for each in (*wanted, *by_hand)], "keys": places})
        return
    table = Table(_("Instance"), _("Secret"), _("What happens"), box=None, pad_edge=False)
    for item in (*wanted, *by_hand):
        table.add_row(item.instance, item.name, _(WAYS[item.way]) + (f": {item.reason}" if item.reason else ""))
    for place in places:
        table.add_row("backup", place, _("a new key beside the old one, then in its place"))
    print_table(table)
    click.echo(_("Nothing was changed. Do it: the same without --dry-run"))


def _tell(wanted: "list[Item]", outcomes: "list[Outcome]", turned: "list[Turned]", by_hand: "list[Item]") -> None:
    """Print what was done, and what is left to a person."""
    for each in outcomes:
        names = ", ".join(each.names)
        if each.ok:
            click.echo(_("{instance}: changed: {names}").format(instance=each.instance, names=names))
        else:
            text = _("{instance}: not changed ({names}): {message}")
            click.echo(text.format(instance=each.instance, names=names, message=each.message), err=True)
    for key in turned:
        click.echo(_("backup {name}: {message}").format(name=f"{key.kind}_{key.destination}", message=key.message))
        if key.authorise and not key.ok:
            click.echo(key.authorise)
            click.echo(_("Add this line to authorized_keys at the destination, then run the same command again."))
    good = {name for each in outcomes if each.ok for name in each.names}
    for service in dict.fromkeys(item.service for item in wanted if item.shown and item.name in good):
        click.echo(_("The new password: provisioner secrets show {service}").format(service=service))
    if any(key.ok and key.kind == "key" for key in turned):
        click.echo(_("Copies made until now stay readable to whoever has an old key and the copies themselves."))
        click.echo(_("The recovery sheet has changed. Print it anew: provisioner recovery-sheet"))
    for item in by_hand:
        click.echo(_by_hand(item))


def _by_hand(item: "Item") -> str:
    if item.way == "fixed":
        text = _("{instance} {name} stays: {reason}")
        return text.format(instance=item.instance, name=item.name, reason=item.reason or item.purpose)
    text = _("{instance} {name}: change it where it was made, then: provisioner secrets set {name}")
    return text.format(instance=item.instance, name=item.name)
