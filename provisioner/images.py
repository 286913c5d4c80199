"""Build the images of the catalog's recipes, each after its bases, those that changed only."""

import hashlib
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from provisioner import engine, images_files, images_foundation, runner
from provisioner.catalog import Catalog
from provisioner.commands import docker
from provisioner.engine import Progress, quiet
from provisioner.errors import ProvisionerError
from provisioner.i18n import _
from provisioner.images_recipes import FOUNDATION, Image, Recipe, load_images, load_previous, load_recipes
from provisioner.registry import parse_reference, reachable

__all__ = ["FOUNDATION", "Image", "Recipe", "available", "build_images", "load_images", "load_previous", "load_recipes"]
INPUT_LABEL = "org.provisioner.input"


def build_order(images: dict[str, Image], names: Iterable[str] | None = None) -> list[Image]:
    """Given all images and the wanted names (folder or image names, or tags; None: all), return them after their bases.

    Raise ProvisionerError for a name that has no recipe, and for bases that go in a circle.
    """
    order: dict[str, Image] = {}

    def visit(name: str, path: tuple[str, ...]) -> None:
        if name in path:
            raise ProvisionerError(_("image recipes go in a circle: {path}").format(path=" -> ".join((*path, name))))
        if name not in images:
            text, there = _("no recipe makes the image {name}"), ", ".join(sorted(images))
            raise ProvisionerError(text.format(name=name), _("There are recipes for: {names}").format(names=there))
        for base in images[name].bases:
            if base.startswith("provisioner/"):
                visit(base, (*path, name))
        order[name] = images[name]

    for name in sorted(images) if names is None else names:
        full = name if name.startswith("provisioner/") else f"provisioner/{name}"
        for each in [key for key in images if ":" not in key and images[key].folder.parent.name == name] or [full]:
            visit(each, ())
    return list(order.values())


def build_images(
    names: Iterable[str] | None = None, progress: Progress = quiet, catalog_dir: Path | None = None
) -> dict[str, str]:
    """Build the named images (None: all) and their bases, those whose input changed only. Return tag -> image id.

    Raise ProvisionerError with the last lines of a build that fails, and when there is no way to build here.
    """
    engine.ensure_engine(progress)
    ids: dict[str, str] = {}
    current = load_images(catalog_dir)
    order = build_order({**current, **load_previous(catalog_dir)}, sorted(current) if names is None else names)
    for image in order:
        bases = [ids.get(base) or images_foundation.ensure(base, progress) for base in image.bases]
        ids[image.tag] = build_image(image, bases, progress)
        if current.get(image.name) == image:
            ids[image.name] = ids[image.tag]
    return {image.tag: ids[image.tag] for image in order}


def build_image(image: Image, bases: list[str], progress: Progress = quiet) -> str:
    """Given an image and the ids of its bases, build it unless its input is unchanged, and return its id.

    Raise ProvisionerError when the build fails, and when the image holds files that are unfit (images_files).
    """
    wanted = fingerprint(image, bases)
    there = inspect_image(image.tag)
    if there and ((there.get("Config") or {}).get("Labels") or {}).get(INPUT_LABEL) == wanted:
        return str(there["Id"])
    progress(_("building {image}").format(image=image.tag))
    builder = engine.find_builder(progress)
    options = docker.labels({INPUT_LABEL: wanted}) + build_options(image)
    command = docker.build(builder.prefix, image.folder, image.tag, options)
    for line in runner.stream(command, timeout=3600, environment=builder.environment):
        if os.environ.get("PROVISIONER_VERBOSE"):
            progress(line)
    try:
        images_files.require_fit(image.tag)
    except ProvisionerError:
        runner.run(docker.untag(image.tag), check=False)  # else the next run would take it as built
        raise
    return str(inspect_image(image.tag)["Id"])


def fingerprint(image: Image, bases: list[str]) -> str:
    """Given an image and the ids of its bases, return the hash of everything its build reads from us."""
    digest = hashlib.sha256(repr((image.target, image.build_args, image.version, bases)).encode())
    for path in sorted(path for path in image.folder.rglob("*") if path.is_file()):
        if path.name != "image.yaml":
            content = hashlib.sha256(path.read_bytes()).hexdigest()
            digest.update(f"\0{path.relative_to(image.folder)}\0{path.stat().st_mode & 0o111 != 0}\0{content}".encode())
    return digest.hexdigest()


def local_images() -> set[str]:
    """Return the references of the images that the engine here holds, none when there is no engine."""
    try:
        return set(runner.run(docker.list_images(), timeout=20, check=False).stdout.split())
    except ProvisionerError:
        return set()


def stand_in(reference: str, images: dict[str, Image]) -> Image | None:
    """Given an upstream reference, return the image built here that stands in for its repository, if any does."""
    name = parse_reference(reference).name
    found = (image for image in images.values() if name in (_name(image.stands_in_for), image.name))
    return next(found, None)


def available(catalog: Catalog, mode: str = "auto") -> set[str]:
    """Given a catalog, return the names of the services whose every image can be had here.

    Mode "registry": all of them. "build": each image has a recipe that stands in for it, or is here already. "auto":
    all when Docker Hub answers within three seconds, else as "build".
    """
    if mode == "registry" or (mode == "auto" and reachable()):
        return set(catalog.services)
    images, here = load_images(catalog.folder), local_images()
    return {
        name
        for name, entry in catalog.services.items()
        if all(reference in here or stand_in(reference, images) for reference in entry.images)
    }


def inspect_image(reference: str) -> dict[str, Any]:
    """Given a local reference, return what the engine knows of the image, {} when it is not here."""
    found = runner.run(docker.inspect("image", reference), check=False, timeout=60)
    return dict(json.loads(found.stdout)[0]) if found.code == 0 else {}


def _name(reference: str) -> str:
    return parse_reference(reference).name if reference else ""


def build_options(image: Image) -> list[str]:
    """Return the options of a build: stage, arguments, and the site's CA bundle where the environment names one."""
    words = [word for name, value in image.build_args for word in ("--build-arg", f"{name}={value}")]
    bundle = os.environ.get("PIP_CERT") or os.environ.get("SSL_CERT_FILE")
    if bundle and Path(bundle).is_file():
        words += ["--secret", f"id=ca,src={bundle}"]
    return [*words, *(["--target", image.target] if image.target else [])]
