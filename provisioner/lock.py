"""Resolve every image of a stack to the exact bytes that run: stack.lock.yaml."""

from collections.abc import Callable
from pathlib import Path

from provisioner.catalog import Catalog
from provisioner.errors import ProvisionerError
from provisioner.host.layout import write as write_atomically
from provisioner.i18n import _
from provisioner.images import inspect_image, load_images, stand_in
from provisioner.images_push import push_images
from provisioner.models.stack import Lock, LockedImage, Stack
from provisioner.registry import Registry, address_of, parse_reference, resolve_digest
from provisioner.render import PROXY_IMAGE

Say = Callable[[str], None]


def references(stack: Stack, catalog: Catalog) -> list[str]:
    """Return every image reference the stack needs, the proxy's included, each once."""
    found = [image for name in sorted(stack.services) for image in catalog.entry(name).images]
    return list(dict.fromkeys([PROXY_IMAGE, *found]))


def resolve(stack: Stack, catalog: Catalog, say: Say) -> Lock:
    """Ask the registry in use for the digest of each image and return the lock.

    Raise ProvisionerError naming every image that cannot be had, not only the first.
    """
    locked, missing = {}, []
    for reference in references(stack, catalog):
        say(reference)
        try:
            locked[reference] = _resolve_one(reference, stack, catalog)
        except ProvisionerError as error:
            missing.append(f"{reference}: {error.message}")
    if missing:
        hint = _(
            "Check the registry in stack.yaml (images), or build stand-ins:\n"
            "provisioner images build, then provisioner images push"
        )
        raise ProvisionerError(_("These images cannot be had:") + "\n  " + "\n  ".join(missing), hint)
    return Lock(lock="1.0", images=locked)


def build_for_lab(stack: Stack, catalog: Catalog, registry: Registry, say: Say) -> Lock:
    """Build the stand-in of every image, push them to the lab's registry, and return the lock."""
    pushed = push_images(references(stack, catalog), registry, say, catalog.folder)
    return Lock(lock="1.0", images={reference: _pushed(reference, image) for reference, image in pushed.items()})


def _resolve_one(reference: str, stack: Stack, catalog: Catalog) -> LockedImage:
    """Resolve one image as stack.yaml wants it: `auto` takes a stand-in only where upstream's image cannot be had."""
    source = stack.images.source
    if source == "build":
        return _built(reference, stack, catalog)
    try:
        return _upstream(reference, stack)
    except ProvisionerError as error:
        if source != "auto" or not stack.images.registry:
            raise
        try:
            return _built(reference, stack, catalog)
        except ProvisionerError as second:
            raise ProvisionerError(f"{error.message}; {second.message}", second.hint) from error


def _built(reference: str, stack: Stack, catalog: Catalog) -> LockedImage:
    image = stand_in(reference, load_images(catalog.folder))
    if image is None:
        raise ProvisionerError(_("no recipe stands in for it"))
    there = f"{stack.images.registry}/{image.tag}"
    digest = resolve_digest(there, mirror=stack.images.registry, insecure=stack.images.insecure)
    return _stand_in(f"{there}@{digest}")


def _upstream(reference: str, stack: Stack) -> LockedImage:
    mirror = stack.images.registry_mirror or (stack.images.registry if stack.images.source == "registry" else "")
    parts = parse_reference(reference)
    if not mirror:
        return _found(parts.name, parts.tag, resolve_digest(reference))
    name = "/".join(address_of(parts, mirror))
    try:
        return _found(name, parts.tag, resolve_digest(f"{name}:{parts.tag}", insecure=stack.images.insecure))
    except ProvisionerError:
        plain = name.replace("/library/", "/")  # as `images push` names Docker Hub's own images
        if plain == name:
            raise
        return _found(plain, parts.tag, resolve_digest(f"{plain}:{parts.tag}", insecure=stack.images.insecure))


def _found(name: str, tag: str, digest: str) -> LockedImage:
    return LockedImage(image=f"{name}:{tag}@{digest}", source="upstream", version=tag)


def _pushed(reference: str, image: str) -> LockedImage:
    """Return what was pushed for a reference: its stand-in, or what the engine here had under upstream's name.

    That is upstream's own only if it was pulled: the engine then knows the digest it came with.
    """
    upstream = parse_reference(reference).repository.removeprefix("library/")
    if reference.startswith("provisioner/") or parse_reference(image).repository != upstream:
        return _stand_in(image)
    pulled = inspect_image(reference).get("RepoDigests") or []
    source = "upstream" if any(not digest.startswith(("127.", "localhost")) for digest in pulled) else "local"
    return LockedImage.model_validate({"image": image, "source": source, "version": parse_reference(image).tag})


def _stand_in(image: str) -> LockedImage:
    return LockedImage(image=image, source="stand-in", version=parse_reference(image).tag)


def write_lock(path: Path, lock: Lock) -> None:
    """Write a lock file, with a line that says what it is for."""
    rows = ["# Which exact image each reference of the catalog is. Written by provisioner; keep it with stack.yaml."]
    rows += ['lock: "1.0"', "images:"]
    for reference, image in sorted(lock.images.items()):
        rows += [f"  {reference}:", f"    image: {image.image}", f"    source: {image.source}"]
        rows += [f'    version: "{image.version}"']
    write_atomically(path, "\n".join(rows) + "\n")
