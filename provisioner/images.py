"""Image recipes of the catalog: read them, order them, build what changed. Stand-ins for images of a registry."""

import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import Field

from provisioner import engine, images_foundation, runner
from provisioner.catalog import Catalog
from provisioner.commands import docker
from provisioner.engine import Progress, quiet
from provisioner.errors import ProvisionerError
from provisioner.i18n import _
from provisioner.load import load_model
from provisioner.models.base import Model
from provisioner.paths import data_dir
from provisioner.registry import parse_reference, reachable

INPUT_LABEL = "org.provisioner.input"
FOUNDATION = "debian:trixie-slim"


class Recipe(Model):
    """image.yaml beside a Dockerfile: which upstream image is stood in for, by what, and with which differences."""

    stands_in_for: str = Field(description="Upstream repository, or provisioner/<name> when there is none.")
    version: str = Field(description="Version of the real application installed.", examples=["1.8.14"])
    source: str = Field(description="Where the application comes from.")
    bases: list[str] = Field(default=[], description="Local images that the Dockerfile starts from.")
    targets: list[str] = Field(default=[], description="Stages that become images of their own.")
    build_args: dict[str, str] = Field(default={}, description="Arguments of the build.")
    honours: str = Field(default="", description="The upstream contract kept: environment, ports, paths, uid.")
    differs: str = Field(default="", description="What a user would notice.")


@dataclass(frozen=True)
class Image:
    """One image to build: its name without tag, and all that its content depends on."""

    name: str
    version: str
    folder: Path
    target: str = ""
    build_args: tuple[tuple[str, str], ...] = ()
    bases: tuple[str, ...] = (FOUNDATION,)
    stands_in_for: str = ""

    @property
    def tag(self) -> str:
        """The local reference of the image."""
        return f"{self.name}:{self.version}"


def load_recipes(catalog_dir: Path | None = None) -> dict[str, Recipe]:
    """Given the catalog's folder (default: ours), return the recipes by folder name. InputError if one is wrong."""
    folder = catalog_dir or data_dir("catalog")
    files = sorted(folder.glob("*/image/image.yaml"))
    return {file.parent.parent.name: load_model(file, Recipe) for file in files}


def load_images(catalog_dir: Path | None = None) -> dict[str, Image]:
    """Given the catalog's folder (default: ours), return every image that can be built, by its name without tag."""
    folder = catalog_dir or data_dir("catalog")
    images = [
        Image(
            name=f"provisioner/{name}" + (f"-{target}" if target not in ("", name) else ""),
            version=recipe.version,
            folder=folder / name / "image",
            target=target,
            build_args=tuple(sorted(recipe.build_args.items())),
            bases=tuple(recipe.bases) or (FOUNDATION,),
            stands_in_for=recipe.stands_in_for,
        )
        for name, recipe in load_recipes(folder).items()
        for target in recipe.targets or [""]
    ]
    return {image.name: image for image in images}


def build_order(images: dict[str, Image], names: Iterable[str] | None = None) -> list[Image]:
    """Given all images and the wanted names (folder or image names; None: all), return them after their bases.

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
        for each in [key for key in images if images[key].folder.parent.name == name] or [full]:
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
    order = build_order(load_images(catalog_dir), names)
    for image in order:
        bases = [ids[base] if base in ids else images_foundation.ensure(base, progress) for base in image.bases]
        ids[image.name] = build_image(image, bases, progress)
    return {image.tag: ids[image.name] for image in order}


def build_image(image: Image, bases: list[str], progress: Progress = quiet) -> str:
    """Given an image and the ids of its bases, build it unless its input is unchanged, and return its id."""
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
