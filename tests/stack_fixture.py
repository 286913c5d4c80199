"""The stack of the tests: two services of the small catalog, with a fixed lock."""

from functools import cache
from pathlib import Path
from typing import Any

from provisioner.catalog import Catalog, load_catalog
from provisioner.models.stack import Lock, LockedImage, Stack
from provisioner.render import PROXY_IMAGE

GOOD = Path(__file__).parent / "cases" / "catalog" / "good"
RECIPIENT = "age1" + "q" * 58


@cache
def small_catalog() -> Catalog:
    """Return the catalog of two right entries, notes and pad."""
    return load_catalog(GOOD)


def stack_of(**changes: Any) -> Stack:
    """Return the stack of the tests; `changes` replace top-level keys, those of `association` one by one."""
    association = {"id": "foyer", "name": "Foyer de l'Été", "contact": "contact@foyer.example"}
    data = {
        "stack": "1.0",
        "domain": "foyer.example",
        "host": {"name": "h1", "address": "203.0.113.7"},
        "recipients": [RECIPIENT],
        "services": {"pad": {"settings": {"WELCOME": "Bienvenue à l'été"}}, "notes": {"subdomain": "carnet"}},
        **changes,
        "association": {**association, **changes.get("association", {})},
    }
    return Stack.model_validate(data)


def lock_of(catalog: Catalog) -> Lock:
    """Return a lock that knows every image of a catalog, each with a digest made from its number."""
    names = dict.fromkeys([PROXY_IMAGE, *(image for entry in catalog.services.values() for image in entry.images)])
    images = {
        name: LockedImage(image=f"reg.example/{name}@sha256:{number:064x}", source="upstream", version="1")
        for number, name in enumerate(names, 1)
    }
    return Lock(lock="1.0", images=images)
