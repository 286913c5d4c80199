"""provisioner sbom"""

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from provisioner.cli import print_json, tell
from provisioner.cli.common import catalog_option, load_all, stacks_argument
from provisioner.errors import InputError
from provisioner.i18n import _


@click.command(short_help="List the packages that really run, and known advisories about them.")
@stacks_argument
@click.option("--service", "services", multiple=True, help="Only this service (again: more); leaves the host out.")
@click.option("--format", "form", type=click.Choice(["table", "json", "cyclonedx"]), default="table", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option("--save", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
              help="Write a CycloneDX file per host and instance there.")  # fmt: skip
@click.option("--advisories", "feeds", multiple=True, type=click.Path(path_type=Path), metavar="PATH",
              help="Feed to compare with (again: more): Debian's tracker, OSV files, folders, zips.")  # fmt: skip
@click.option("--fail-on", type=click.Choice(["fixed", "any", "never"]), default="fixed", show_default=True,
              help="Exit code 1 when an advisory is found: with a fixed version, any, never.")  # fmt: skip
@catalog_option
def command(
    stacks: tuple[Path, ...], services: tuple[str, ...], form: str, as_json: bool, save: Path | None,
    feeds: tuple[Path, ...], fail_on: str, catalog_dir: Path | None,
) -> None:  # fmt: skip
    """List, per instance, the packages of the images that really run on the host, and those of the host itself.

    Read without a shell in the containers; stopped instances too. With --advisories, what the given feeds know about
    them. Exit code 1 as --fail-on says, 3 when a host does not answer or an image cannot be read.

    \b
    Example:
      provisioner sbom stack.yaml --save sbom/
      provisioner sbom --advisories tracker.json --advisories osv-npm.zip
    """
    from provisioner.cli import sbom_tables
    from provisioner.sbom import cyclonedx
    from provisioner.sbom.feeds import read_feeds
    from provisioner.sbom.gather import gather
    from provisioner.sbom.match import compare

    form = "json" if as_json else form
    bundles, _catalog = load_all(stacks, catalog_dir)
    read = read_feeds(feeds)
    found, errors = gather(bundles, services, not services)
    now = datetime.now(UTC)
    compared = compare(found, read, now) if read else None
    if save:
        for path in sbom_tables.save(save, cyclonedx.write_all(found, now)):
            click.echo(path, err=form != "table")
    if form == "cyclonedx":
        click.echo(_one(cyclonedx.write_all(found)), nl=False)
    elif form == "json":
        print_json(sbom_tables.as_data(found, compared))
    else:
        sbom_tables.show(found, compared)
    for error in errors:
        tell(error)
    known = compared["known"] if compared else []
    counted = [each for each in known if each.fixed or fail_on == "any"]
    sys.exit(3 if errors else 1 if counted and fail_on != "never" else 0)


def _one(texts: dict[str, str]) -> str:
    """Return the only bill of materials. Raise InputError when there are several: each is a document of its own."""
    if len(texts) == 1:
        return next(iter(texts.values()))
    text = _("{count} bills of materials ({names}): CycloneDX on standard output is one document")
    names = ", ".join(texts) or "-"
    hint = _("Choose one with --service, or write them all with --save DIR.")
    raise InputError(text.format(count=len(texts), names=names), hint=hint)
