"""Read probes back from the machine of the operator: the way people's browsers come, by name and through TLS."""

import json
import tempfile
import time
from pathlib import Path
from typing import Any

from provisioner.bundle import Bundle
from provisioner.catalog import Catalog
from provisioner.errors import ProvisionerError
from provisioner.host import probe
from provisioner.host.https import Site
from provisioner.i18n import _
from provisioner.remote import execute
from provisioner.render import domain_of, instance_name, variables_of
from provisioner.secrets import read_secrets

ROOT_CERTIFICATE = "/srv/provisioner/proxy/root.crt"


def fetch_authority(bundle: Bundle) -> str:
    """Return the certificate of the proxy's own authority (PEM). Raise ProvisionerError when there is none."""
    text, _error, code = execute(bundle, f"cat {ROOT_CERTIFICATE}")
    if code or "BEGIN CERTIFICATE" not in text:
        raise ProvisionerError(_("host {host} has no authority of its own yet").format(host=bundle.stack.host.name))
    return text


def read_from_here(
    bundles: list[Bundle], catalog: Catalog, written: dict[str, dict[str, Any]]
) -> dict[str, dict[str, Any]]:
    """Given what was written on the hosts (instance -> {ok, marker}), read each marker from here; same form."""
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        for bundle in bundles:
            authority = Path(folder) / f"{bundle.stack.host.name}.crt"
            if bundle.stack.certificates == "internal" and not authority.is_file():
                authority.write_text(fetch_authority(bundle))
            secrets = read_secrets(bundle.secrets_path)
            for service in bundle.stack.services:
                name = instance_name(bundle.stack, service)
                if written.get(name, {}).get("ok"):
                    results[name] = _read(bundle, catalog, service, written[name], secrets.get(name, {}), authority)
    return results


def _read(
    bundle: Bundle, catalog: Catalog, service: str, written: dict[str, Any], secrets: dict[str, str], authority: Path
) -> dict[str, Any]:
    entry, started = catalog.entry(service), time.monotonic()
    domain = domain_of(bundle.stack, service, entry)
    site = Site(domain, bundle.stack.host.address, authority=str(authority) if authority.is_file() else "")
    values = {
        **variables_of(bundle.stack, service, entry, bundle.protection),
        **{f"secret.{key}": value for key, value in secrets.items()},
        "marker": written["marker"],
    }

    def execute_there(container: str, command: list[str]) -> str:
        from shlex import join

        name = instance_name(bundle.stack, service)
        inside = f"cd /srv/provisioner/instances/{name} && docker compose exec -T {join([container, *command])}"
        output, error, code = execute(bundle, f"sh -c {join([inside])}")
        if code:
            raise probe.ProbeFailed(error.strip() or f"exit code {code}")
        return output

    try:
        probe.read(json.loads(entry.recipe)["probe"], values, site, execute_there)
    except probe.ProbeFailed as error:
        return {**written, "ok": False, "message": str(error)}
    return {**written, "seconds": round(written["seconds"] + time.monotonic() - started, 1)}
