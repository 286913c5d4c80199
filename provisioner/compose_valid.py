"""Let Docker Compose itself read compose.yaml of an entry: it knows its own format better than our model."""

import tempfile
from pathlib import Path

from provisioner import runner
from provisioner.catalog import CatalogEntry
from provisioner.catalog_check import PLATFORM_VARIABLES
from provisioner.commands import docker
from provisioner.errors import Finding, ProvisionerError
from provisioner.i18n import _
from provisioner.render import env_line


def compose_here() -> bool:
    """Tell whether this machine has Docker Compose, version 2."""
    try:
        return runner.run(docker.compose_version(), check=False, timeout=20).code == 0
    except ProvisionerError:
        return False


def example_values(entry: CatalogEntry) -> dict[str, str]:
    """Return a value for each variable that compose.yaml of the entry may use."""
    settings = {name: setting.default for name, setting in entry.service.settings.items()}
    ports = {name: str(20000 + number) for number, name in enumerate(entry.service.route.port_variables)}
    return {**dict.fromkeys(PLATFORM_VARIABLES, "x"), **settings, **ports}


def check_with_compose(entry: CatalogEntry) -> list[Finding]:
    """Given an entry, return what Compose finds wrong in its compose.yaml: errors, and variables nobody gives."""
    path = entry.folder / "compose.yaml"
    with tempfile.TemporaryDirectory() as folder:
        env = Path(folder, "env")
        env.write_text("".join(env_line(*item) + "\n" for item in example_values(entry).items()), "utf-8")
        found = runner.run(docker.compose_config(path, env), check=False, timeout=60)
    told = [line for line in found.stderr.splitlines() if found.code or "variable is not set" in line]
    return [Finding(_("docker compose: {message}").format(message=line), str(path), 1) for line in told]
