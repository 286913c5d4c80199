"""Associations that do not exist, as many as wanted, with locks of the right form."""

from provisioner.catalog import Catalog
from provisioner.models.stack import Lock, LockedImage, Stack
from provisioner.render import PROXY_IMAGE

RECIPIENT = "age1" + "q" * 58


def stacks(catalog: Catalog, count: int) -> list[tuple[Stack, Lock]]:
    """Return stacks of `count` associations, each with every service that needs no upstream-only image."""
    names = [name for name, entry in catalog.services.items() if (entry.folder / "image").is_dir()][:4]
    references = {PROXY_IMAGE, *(image for name in names for image in catalog.services[name].images)}
    image = LockedImage(image="registry.example:5000/x@sha256:" + "0" * 64, source="stand-in", version="1")
    lock = Lock(lock="1.0", images=dict.fromkeys(references, image))
    return [(_stack(number, names), lock) for number in range(count)]


def _stack(number: int, names: list[str]) -> Stack:
    return Stack.model_validate(
        {
            "stack": "1.0",
            "association": {"id": f"a{number}", "name": f"Association {number}", "contact": "contact@example.org"},
            "domain": f"a{number}.example.org",
            "host": {"name": "h1", "address": "192.0.2.1"},
            "recipients": [RECIPIENT],
            "services": {name: {} for name in names},
        }
    )
