"""What several commands share: loading stacks, showing progress."""

import re
import sys
from pathlib import Path
from typing import Any

import click

from provisioner.bundle import Bundle, load_bundle
from provisioner.catalog import Catalog, load_catalog
from provisioner.errors import InputError
from provisioner.i18n import _
from provisioner.models.stack import Host
from provisioner.render import instance_name

catalog_option = click.option(
    "--catalog", "catalog_dir", type=click.Path(path_type=Path), help="Another catalog folder than ours."
)
json_option = click.option("--json", "as_json", is_flag=True, help="For scripts: JSON on standard output.")
stacks_argument = click.argument("stacks", nargs=-1, type=click.Path(path_type=Path))


class Day(click.DateTime):
    """A day as an option takes it: 2026-11-23."""

    def __init__(self) -> None:
        super().__init__(["%Y-%m-%d"])

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return midnight of the day, or fail with what would be right."""
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            self.fail(_("'{text}' is no day: write it like 2026-11-23").format(text=value), param, ctx)


def load_all(stacks: tuple[Path, ...], catalog_dir: Path | None) -> tuple[list[Bundle], Catalog]:
    """Given paths of stacks (default: ./stack.yaml), return bundles and catalog. All errors of all files at once."""
    catalog = load_catalog(catalog_dir)
    bundles: list[Bundle] = []
    errors: list[InputError] = []
    for path in stacks or (Path("stack.yaml"),):
        try:
            bundles.append(load_bundle(path, catalog))
        except InputError as error:
            errors.append(error)
    if errors:
        findings = [finding for error in errors for finding in error.findings]
        raise InputError(errors[0].message, findings, errors[0].hint)
    return bundles, catalog


def say(host: str, instance: str, step: str) -> None:
    """Tell one step of progress on standard error, so that --json stays clean."""
    place = f"{host} {instance}".strip()
    click.echo(f"  {click.style(place, bold=bool(instance))}: {step}", err=True)


def yes_or_no(question: str, default: bool | None = None) -> bool:
    """Ask on standard error until yes or no is said: in either language, whatever the one in use is."""
    words = {"y": True, "yes": True, "o": True, "oui": True, "n": False, "no": False, "non": False}

    def said(text: str) -> bool:
        word = text.strip().lower()
        if word in words:
            return words[word]
        if not word and default is not None:
            return default
        raise click.UsageError(_("say yes or no"))

    marks = {None: _("[y/n]"), True: _("[Y/n]"), False: _("[y/N]")}
    hidden = None if default is None else ""
    asked = click.prompt(f"{question} {marks[default]}", hidden, value_proc=said, show_default=False, err=True)
    return bool(asked)


def print_table(table: object) -> None:
    """Print a rich table at the width of the terminal (100 where there is none). No text in it is markup."""
    from rich.console import Console

    Console(width=None if sys.stdout.isatty() else 100, highlight=False, markup=False, emoji=False).print(table)


def instance_of(bundle: Bundle, catalog: Catalog, service: str) -> str:
    """Return the instance of a service in a stack. Raise InputError naming what the stack has."""
    catalog.entry(service)
    if service not in bundle.stack.services:
        known = ", ".join(bundle.stack.services)
        raise InputError(_("'{service}' is not in this stack (it has {known})").format(service=service, known=known))
    return instance_name(bundle.stack, service)


def host_of(address: str | None, port: int, user: str, key: str, lab_host: str | None) -> Host:
    """Return the host that options describe: a rehearsal host by its name, else an address. Raise InputError."""
    if lab_host:
        from provisioner import lab

        there = lab.find(lab_host)
        return Host(
            name=there.name, address=there.address, port=there.port, user=there.user, key=str(there.key_file),
            known_hosts=str(there.known_hosts),
        )  # fmt: skip
    if not address:
        raise InputError(_("no host given"), hint=_("Give --host ADDRESS, or --lab for a rehearsal host (lab up)."))
    name = re.sub(r"[^a-z0-9-]+", "-", address.lower()).strip("-")[:40] or "host"
    return Host(name=name, address=address, port=port, user=user, key=key)


def pin(host: Host, folder: Path) -> None:
    """Note a host's key beside stack.yaml, so that nobody can stand in between from now on, and say which it is."""
    from provisioner.ssh import pin_host_key

    found = pin_host_key(host, folder / Path(host.known_hosts).expanduser())
    text = _("The host's key is {fingerprint}. Compare it with what your provider shows.")
    click.echo(text.format(fingerprint=found), err=True)


def lock_images(bundle: Bundle, catalog: Catalog) -> int:
    """Resolve the images of a stack, build them first for a lab, write its lock, and return how many changed."""
    from provisioner import lab
    from provisioner.lab_host import REGISTRY
    from provisioner.lock import build_for_lab, resolve, write_lock

    def tell(text: str) -> None:
        click.echo(f"  {text}", err=True)

    images = bundle.stack.images
    in_lab = images.source == "build" and images.registry.partition(":")[0] == REGISTRY
    if in_lab:
        found = build_for_lab(bundle.stack, catalog, lab.registry(tell), tell)
    else:
        found = resolve(bundle.stack, catalog, tell)
    write_lock(bundle.folder / "stack.lock.yaml", found)
    return sum(bundle.lock.images.get(name) != image for name, image in found.images.items())
