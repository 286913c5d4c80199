"""Put images into a registry of ours, so that hosts get them by digest."""

from collections.abc import Iterable
from pathlib import Path

from provisioner import runner
from provisioner.commands import docker
from provisioner.engine import Progress, quiet
from provisioner.errors import ProvisionerError
from provisioner.i18n import _
from provisioner.images import Image, build_images, inspect_image, load_images, local_images, stand_in
from provisioner.registry import Registry, parse_reference, read_manifest, resolve_digest


def push_images(
    references: Iterable[str], registry: Registry, progress: Progress = quiet, catalog_dir: Path | None = None
) -> dict[str, str]:
    """Given upstream references, push each image, or its stand-in built from its recipe, to the registry.

    Return upstream reference -> reference with digest as a host pulls it. What the registry has already is not sent
    again. Raise ProvisionerError when an image is neither here nor has a recipe, before anything is built.
    """
    images, here = load_images(catalog_dir), local_images()
    chosen = {reference: _choose(reference, images, here) for reference in references}
    build = [image.name for image in chosen.values() if isinstance(image, Image)]
    if build:
        build_images(build, progress, catalog_dir)
    return {
        reference: push_image(image.tag if isinstance(image, Image) else image, registry, progress)
        for reference, image in chosen.items()
    }


def push_image(local: str, registry: Registry, progress: Progress = quiet) -> str:
    """Given a local image, push it under its own name unless it is there, and return its reference with digest."""
    parts = parse_reference(local)
    path = f"{parts.repository.removeprefix('library/')}:{parts.tag}"
    sent, pulled = f"{registry.push}/{path}", f"{registry.pull}/{path}"
    if not _has(sent, registry, local):
        progress(_("pushing {image}").format(image=path))
        runner.run(docker.tag(local, sent), timeout=60)
        try:
            for _line in runner.stream(docker.push(sent), timeout=1800):
                pass
        finally:
            runner.run(docker.untag(sent), check=False, timeout=60)
    return f"{pulled}@{resolve_digest(pulled, mirror=registry.push, insecure=True)}"


def _has(sent: str, registry: Registry, local: str) -> bool:
    """Tell whether the registry holds exactly this local image under that name."""
    config = read_manifest(sent, registry.push).get("config")
    return isinstance(config, dict) and config.get("digest") == inspect_image(local).get("Id")


def _choose(reference: str, images: dict[str, Image], here: set[str]) -> Image | str:
    if reference in here and not reference.startswith("provisioner/"):
        return reference
    found = stand_in(reference, images)
    if found is None:
        text = _("the image {image} is not here, and no recipe stands in for it").format(image=reference)
        hint = _("Pull it where a registry can be reached: docker pull {image}").format(image=reference)
        raise ProvisionerError(text, hint)
    return found
