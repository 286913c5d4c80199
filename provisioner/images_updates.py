"""Ask the registries for newer versions of the catalog's images."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from provisioner.catalog import Catalog
from provisioner.errors import ProvisionerError
from provisioner.registry import list_tags, parse_reference
from provisioner.updates import newer


def look_for_updates(
    catalog: Catalog, services: Sequence[str] = (), mirror: str | None = None, insecure: bool = False
) -> list[dict[str, Any]]:
    """Given a catalog and names of services (none: all), return a row for each image that a registry can have.

    A row is {image, services, newer: policy -> tag, error}. Images that only our recipes make are left out. Raise
    InputError for a service that the catalog does not have.
    """
    used: dict[str, list[str]] = {}
    for name in services or catalog.services:
        for reference in catalog.entry(name).images:
            if not parse_reference(reference).name.startswith("provisioner/"):
                used.setdefault(reference, []).append(name)

    def one(reference: str) -> dict[str, Any]:
        row: dict[str, Any] = {"image": reference, "services": used[reference], "newer": {}, "error": ""}
        try:
            row["newer"] = newer(parse_reference(reference).tag, list_tags(reference, mirror, insecure))
        except ProvisionerError as error:
            row["error"] = error.message
        return row

    with ThreadPoolExecutor(max_workers=8) as pool:
        return list(pool.map(one, sorted(used)))
