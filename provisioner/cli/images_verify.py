"""provisioner images verify"""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from provisioner.cli import print_json
from provisioner.cli.common import catalog_option, json_option, load_all, stacks_argument
from provisioner.errors import ProvisionerError
from provisioner.i18n import _

REPORT = "stack.signatures.json"


@click.command("verify")
@stacks_argument
@json_option
@catalog_option
def command(stacks: tuple[Path, ...], as_json: bool, catalog_dir: Path | None) -> None:
    """Check the signatures of the locked images with cosign, where their makers sign, and note it beside the lock.

    Exit code 1 when a signature does not hold, and when one could not be checked.

    \b
    Example: provisioner images verify stack.yaml
    """
    from provisioner.host.layout import write
    from provisioner.images_verify import failed, verify_lock
    from provisioner.lock import references

    bundles, catalog = load_all(stacks, catalog_dir)
    results = {}
    for bundle in bundles:
        if not bundle.lock.images:
            hint = _("Lock them first: provisioner images lock {path}").format(path=bundle.path)
            raise ProvisionerError(_("{path} has no locked images").format(path=bundle.path), hint)
        found = verify_lock(bundle.lock, catalog, references(bundle.stack, catalog))
        results[str(bundle.path)] = found
        report = {"checked": datetime.now(UTC).isoformat(timespec="seconds"), "images": found}
        write(bundle.folder / REPORT, json.dumps(report, indent=1, ensure_ascii=False) + "\n")
    if as_json:
        print_json({"stacks": results})
    else:
        words = {
            "verified": _("verified"), "refused": _("DOES NOT HOLD"), "unchecked": _("not verified"),
            "unsigned": _("unsigned"), "unknown": _("not known"), "ours": _("built here"),
        }  # fmt: skip
        for found in results.values():
            for each in found:
                click.echo(f"{each['reference']:<44} {words[each['state']]}: {each['told']}")
    sys.exit(1 if any(failed(found) for found in results.values()) else 0)
