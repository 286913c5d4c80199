"""provisioner catalog prove"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from provisioner.cli import print_json
from provisioner.cli.common import catalog_option, json_option, print_table
from provisioner.errors import InputError
from provisioner.i18n import N_, _
from provisioner.models.proof import Proof, Proofs

if TYPE_CHECKING:
    from rich.table import Table

    from provisioner.catalog import Catalog, CatalogEntry

OUTCOMES = {"passed": N_("passed"), "failed": N_("FAILED"), "left out": N_("left out"), "later": N_("later")}


@click.command("prove")
@click.argument("services", nargs=-1)
@click.option("--all", "every", is_flag=True, help="Every service whose images can be built here.")
@click.option("--from", "since", multiple=True, metavar="IMAGE", help="Upgrade from this local image (again: more).")
@click.option(
    "--rung", "only", multiple=True, help="Only this rung (may be given again); install and probe always come first."
)
@click.option("--host", default="prove", show_default=True, help="Rehearsal host; of several, how they begin.")
@click.option("--debian", type=click.Choice(["12", "13"]), default="13", show_default=True, help="Its release.")
@click.option(
    "--jobs", default=1, show_default=True, type=click.IntRange(1, 8), help="Services at a time, a host each."
)
@click.option("--keep", is_flag=True, help="Leave the instances on the host, to look at them.")
@click.option("--save", type=click.Path(path_type=Path), help="Put the proofs into this file, beside older ones.")
@json_option
@catalog_option
def command(
    services: tuple[str, ...], every: bool, since: tuple[str, ...], only: tuple[str, ...], host: str, debian: str,
    jobs: int, keep: bool, save: Path | None, as_json: bool, catalog_dir: Path | None,
) -> None:  # fmt: skip
    """Prove services on a rehearsal host: install, second run, probe, neighbours, upgrade, reboot, removal, purge...

    \b
    Example:
      provisioner catalog prove radicale
      provisioner catalog prove --all --jobs 2 --save proofs.json
    """
    from provisioner.catalog import load_catalog
    from provisioner.ladder import many

    catalog = load_catalog(catalog_dir)
    names = list(services) or (many.provable(catalog) if every else [])
    if not names:
        raise InputError(_("name a service, or give --all"), hint=_("See them: provisioner catalog list"))
    for name in names:
        catalog.entry(name)
    proofs: dict[str, Proof] = {}
    if len(names) > 1:
        options = [word for name in only for word in ("--rung", name)] + ["--debian", debian]
        options += ["--catalog", str(catalog_dir)] if catalog_dir else []
        proofs = many.prove_many(names, jobs, options, host, _tell)
    else:
        proofs[names[0]] = _prove_one(catalog.entry(names[0]), catalog, host, debian, (since, only), keep)
    if save:
        many.keep(save, proofs)
    if as_json:
        print_json(Proofs(proofs=proofs).model_dump(mode="json"))
    else:
        for proof in proofs.values():
            click.echo(f"\n{proof.service} {proof.version} (Debian {proof.debian})")
            print_table(table(proof))
    sys.exit(0 if len(proofs) == len(names) and all(proof.ok for proof in proofs.values()) else 1)


def _prove_one(
    entry: "CatalogEntry",
    catalog: "Catalog",
    host: str,
    debian: str,
    chosen: tuple[tuple[str, ...], tuple[str, ...]],
    keep: bool,
) -> Proof:
    import tempfile
    from contextlib import nullcontext

    from provisioner import lab
    from provisioner.ladder.proof import prove

    def say(text: str) -> None:
        click.echo(f"  {click.style(entry.name, bold=True)}: {text}", err=True)

    there = lab.up(host, debian, progress=say)
    place = tempfile.mkdtemp if keep else tempfile.TemporaryDirectory
    made = place(prefix="provisioner-proof-")
    with nullcontext(made) if isinstance(made, str) else made as work:
        proof = prove(entry, catalog, there, Path(work), say, since=chosen[0], only=chosen[1], keep=keep)
        if keep:
            say(_("its stacks are kept in {folder}").format(folder=work))
    return proof


def table(proof: Proof) -> "Table":
    """Return the table of one proof."""
    from rich.table import Table

    from provisioner.ladder.rungs import RUNGS

    shows = {step.name: _(step.shows) for step in RUNGS}
    result = Table(box=None, pad_edge=False, header_style="bold")
    for title in (_("Rung"), _("Outcome"), _("Seconds"), _("Details")):
        result.add_column(title, overflow="fold")
    for rung in proof.rungs:
        seconds = f"{rung.seconds:.0f}" if rung.seconds else ""
        result.add_row(shows[rung.name], _(OUTCOMES[rung.outcome]), seconds, rung.told)
    return result


def _tell(name: str, found: Proof | str) -> None:
    if isinstance(found, str):
        click.echo(f"  {name}: {found}", err=True)
        return
    fallen = [f"{rung.name}: {rung.told}" for rung in found.rungs if rung.outcome == "failed"]
    total = sum(rung.seconds for rung in found.rungs)
    text = _("proved in {seconds} s") if not fallen else _("FAILED in {seconds} s:") + " " + "; ".join(fallen)
    click.echo(f"  {click.style(name, bold=True)}: {text.format(seconds=round(total))}", err=True)
