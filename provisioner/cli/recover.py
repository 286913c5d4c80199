"""provisioner recover"""

import sys
import time
from pathlib import Path

import click

from provisioner.catalog import load_catalog
from provisioner.cli import print_json
from provisioner.cli.common import catalog_option, host_of, json_option, pin, say
from provisioner.i18n import _


@click.command(short_help="Rebuild everything on a bare host, from the recovery sheet and a copy.")
@click.argument("sheet", type=click.Path(path_type=Path))
@click.option("--host", "address", default="", help="IP address or DNS name of the bare machine (Debian 13 or 12).")
@click.option("--port", type=int, default=22, show_default=True)
@click.option("--user", default="root", show_default=True, help="root, or a user with sudo.")
@click.option("--key", default="", help="SSH private key; default: your agent's and ~/.ssh.")
@click.option("--lab", "lab_host", default="", help="A rehearsal host instead, by name.")
@click.option("--destination", default="", help="Read from this destination (default: the first that opens).")
@click.option("--domain", default="", help="Another domain than before.")
@click.option("--folder", type=click.Path(path_type=Path), default=Path(), help="Where to write stack.yaml.")
@json_option
@catalog_option
def command(
    sheet: Path, address: str, port: int, user: str, key: str, lab_host: str, destination: str, domain: str,
    folder: Path, as_json: bool, catalog_dir: Path | None,
) -> None:  # fmt: skip
    """Rebuild a stack after a disaster: set up the bare machine, restore every service, read what users wrote.

    SHEET is the file beside the printed recovery sheet, or what you typed from its last page.

    \b
    Example:
      provisioner recover sheet.json --host 203.0.113.9
    """
    from provisioner.load import load_model
    from provisioner.models.recovery import Sheet
    from provisioner.recover import recover

    found, host = load_model(sheet, Sheet), host_of(address, port, user, key, lab_host)
    folder.mkdir(parents=True, exist_ok=True)
    pin(host, folder)
    done = recover(found, host, folder, load_catalog(catalog_dir), destination=destination, domain=domain, say=say)
    if as_json:
        print_json(done)
    else:
        for name, item in done["instances"].items():
            taken = time.strftime("%Y-%m-%d %H:%M", time.localtime(item["taken"]))
            text = _("back, as it was on {taken}").format(taken=taken) if item["ok"] else _("FAILED: {message}")
            click.echo(f"{name}: {text.format(message=item['message'])}")
        minutes = max(1, round(done["seconds"] / 60))
        click.echo(
            _("Everything took {minutes} min. The stack's folder: {folder}").format(minutes=minutes, folder=folder)
        )
        click.echo(_("Next: point the names (DNS) to the new machine, provisioner status, provisioner backup run."))
    sys.exit(0 if done["instances"] and all(item["ok"] for item in done["instances"].values()) else 1)
