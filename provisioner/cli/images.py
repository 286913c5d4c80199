"""provisioner images: stand-ins built from distribution packages, and a registry filled with them."""

import sys
from pathlib import Path

import click

from provisioner.catalog import load_catalog
from provisioner.cli import print_json
from provisioner.cli.common import catalog_option, json_option
from provisioner.cli.images_verify import command as verify
from provisioner.i18n import _


@click.group()
def command() -> None:
    """Images that stand in for those of a registry, built here from Debian, PyPI and npm packages.

    \b
    Example:
      provisioner images list
      provisioner images build etherpad
    """


command.add_command(verify)


@command.command("list")
@click.option("--catalog", type=click.Path(path_type=Path, exists=True), help="Another catalog's folder.")
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
def list_(catalog: Path | None, as_json: bool) -> None:
    """List what can be built, what it stands in for, and whether it is here.

    \b
    Example: provisioner images list --json
    """
    from provisioner import images

    here = images.local_images()
    rows = [
        {"image": each.tag, "stands_in_for": each.stands_in_for, "here": each.tag in here}
        for each in images.load_images(catalog).values()
    ]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        state = _("here") if row["here"] else _("not built")
        click.echo(f"{row['image']:<36} {row['stands_in_for']:<32} {state}")


@command.command()
@click.argument("names", nargs=-1)
@click.option("--catalog", type=click.Path(path_type=Path, exists=True), help="Another catalog's folder.")
def build(names: tuple[str, ...], catalog: Path | None) -> None:
    """Build the named images and their bases (none named: all), those whose recipe changed only.

    \b
    Example: provisioner images build etherpad postgres
    """
    from provisioner import images

    built = images.build_images(names or None, lambda message: click.echo(message, err=True), catalog)
    for tag in built:
        click.echo(tag)


@command.command()
@click.argument("references", nargs=-1, required=True)
@click.option("--registry", "host", metavar="HOST:PORT", help="A registry without TLS (default: that of the lab).")
def push(references: tuple[str, ...], host: str | None) -> None:
    """Put upstream images, or their stand-ins, into a registry, and print where hosts find them.

    \b
    Example: provisioner images push postgres:17.11-trixie
    """
    from provisioner import lab
    from provisioner.images_push import push_images
    from provisioner.registry import Registry

    def progress(message: str) -> None:
        click.echo(message, err=True)

    registry = Registry(host, host) if host else lab.registry(progress)
    for reference, pulled in push_images(references, registry, progress).items():
        click.echo(f"{reference} {pulled}")


@command.command()
@click.argument("stacks", nargs=-1, type=click.Path(path_type=Path))
@click.option("--catalog", "catalog_dir", type=click.Path(path_type=Path), help="Another catalog folder than ours.")
def lock(stacks: tuple[Path, ...], catalog_dir: Path | None) -> None:
    """Resolve every image of a stack to the exact bytes its registry has now, and write stack.lock.yaml.

    For a stack in the lab, build the stand-ins and fill the lab's registry first.

    \b
    Example: provisioner images lock stack.yaml
    """
    from provisioner.cli.common import load_all, lock_images

    bundles, catalog = load_all(stacks, catalog_dir)
    for bundle in bundles:
        changed = lock_images(bundle, catalog)
        text = _("{path}: {count} images locked, {changed} changed. Next: provisioner plan")
        click.echo(text.format(path=bundle.path, count=len(bundle.lock.images) or changed, changed=changed))


@command.command("check-updates")
@click.argument("services", nargs=-1)
@click.option("--mirror", default="", help="Ask this mirror: host[:port][/path], see stack.yaml.")
@click.option("--insecure", is_flag=True, help="The mirror speaks plain HTTP (a lab).")
@click.option("--policy", type=click.Choice(["patch", "minor", "major"]), default="major", show_default=True,
              help="The largest step to tell of.")  # fmt: skip
@json_option
@catalog_option
def check_updates(
    services: tuple[str, ...], mirror: str, insecure: bool, policy: str, as_json: bool, catalog_dir: Path | None
) -> None:
    """Tell which images of the catalog have newer versions: same series, same major version, next major version.

    Exit code 1 when a registry could not be asked. Changes nothing: write the tag into compose.yaml, prove, lock.

    \b
    Example: provisioner images check-updates nextcloud --policy minor
    """
    from provisioner.images_updates import look_for_updates

    rows = look_for_updates(load_catalog(catalog_dir), services, mirror or None, insecure)
    wanted = ("patch", "minor", "major")[: ("patch", "minor", "major").index(policy) + 1]
    found = [{**row, "newer": {key: row["newer"][key] for key in wanted if key in row["newer"]}} for row in rows]
    if as_json:
        print_json({"images": found})
    else:
        for row in found:
            steps = ", ".join(f"{key}: {tag}" for key, tag in row["newer"].items())
            click.echo(f"{row['image']:<44} {row['error'] or steps or _('up to date')}")
        if any(row["newer"] for row in found):
            click.echo(_("Next: change the tag in compose.yaml, then provisioner catalog prove and images lock."))
    sys.exit(1 if any(row["error"] for row in found) else 0)
