"""provisioner gdpr notice"""

from dataclasses import asdict
from pathlib import Path

import click

from provisioner.cli import print_json
from provisioner.cli.common import catalog_option, json_option, load_all
from provisioner.errors import InputError
from provisioner.i18n import _
from provisioner.unwritten import told


@click.command(short_help="Write the privacy notices (art. 13), as the start page shows them.")
@click.argument("stack", default=Path("stack.yaml"), type=click.Path(path_type=Path))
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where; default: gdpr/documents beside the stack.",
)
@json_option
@catalog_option
def command(stack: Path, folder: Path | None, as_json: bool, catalog_dir: Path | None) -> None:
    """Write the privacy notices, one for each service and one for all, and the legal notice, in French and English.

    They say what is really installed and the durations in force. The start page shows the same after the next apply.
    They are drafts to read again, not legal advice.

    \b
    Example:
      provisioner gdpr notice
      provisioner gdpr notice stack.yaml --folder documents
    """
    from provisioner.host.layout import write
    from provisioner.notice_pages import notices, page_of

    [bundle], catalog = load_all((stack,), catalog_dir)
    if bundle.protection is None:
        raise InputError(_("There is no gdpr.yaml beside the stack."), hint=_("Write it: provisioner gdpr init"))
    found = notices(bundle.stack, catalog, bundle.protection)
    data = {path: asdict(notice) for path, notice in found.items()}
    if as_json:
        print_json({"notices": data})
        return
    import json

    folder = folder or bundle.folder / "gdpr" / "documents"
    with told(folder, _("Choose another folder.")):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for path, notice in found.items():
            write(folder / f"{_name(path)}.html", page_of(notice), 0o600)
        write(folder / "notices.json", json.dumps(data, indent=1, ensure_ascii=False, sort_keys=True) + "\n", 0o600)
    click.echo(_("Written: {path}").format(path=folder))
    if bundle.stack.portal:
        click.echo(_("Next: read them, then provisioner apply shows them on the start page."), err=True)
    else:
        click.echo(_("Next: read them and put them where people find them: this stack has no start page."), err=True)


def _name(path: str) -> str:
    """Return the name of a file for the path of a page: /fr/privacy/pad is notice-pad.fr."""
    _empty, language, kind, *service = path.split("/")
    return "-".join(["notice" if kind == "privacy" else kind, *service]) + f".{language}"
