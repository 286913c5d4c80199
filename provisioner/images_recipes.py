"""Image recipes of the catalog: what each image is made of. image.yaml beside a Dockerfile, read and laid out."""

from dataclasses import dataclass
from pathlib import Path

from pydantic import Field, model_validator

from provisioner.i18n import _
from provisioner.load import load_model
from provisioner.models.base import Model
from provisioner.paths import data_dir

FOUNDATION = "debian:trixie-slim"


class Previous(Model):
    """The version before, built from the same Dockerfile: from it the proof of an upgrade starts."""

    version: str = Field(examples=["3.5.10"])
    build_args: dict[str, str] = Field(default={}, description="Arguments that differ from those of the recipe.")
    bases: list[str] = Field(default=[], description="Bases that differ; provisioner/base-php:12 is one of Debian 12.")


class Recipe(Model):
    """image.yaml beside a Dockerfile: which upstream image is stood in for, by what, and with which differences."""

    stands_in_for: str = Field(description="Upstream repository, or provisioner/<name> when there is none.")
    version: str = Field(description="Version of the real application installed.", examples=["1.8.14"])
    source: str = Field(description="Where the application comes from.")
    bases: list[str] = Field(default=[], description="Local images that the Dockerfile starts from.")
    targets: list[str] = Field(default=[], description="Stages that become images of their own.")
    build_args: dict[str, str] = Field(default={}, description="Arguments of the build.")
    previous: Previous | None = Field(default=None, description="How the version before is built.")
    no_previous: str = Field(default="", description="Why no version before can be built.")
    memory_mb: int = Field(default=0, ge=0, description="Idle memory of the whole service, where it is another.")
    honours: str = Field(default="", description="The upstream contract kept: environment, ports, paths, uid.")
    differs: str = Field(default="", description="What a user would notice.")

    @model_validator(mode="after")
    def _one_answer(self) -> "Recipe":
        if self.previous and self.no_previous:
            raise ValueError(_("give either previous or no_previous"))
        return self


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
        _image(folder / name / "image", name, target, recipe, recipe)
        for name, recipe in load_recipes(folder).items()
        for target in recipe.targets or [""]
    ]
    return {image.name: image for image in images}


def load_previous(catalog_dir: Path | None = None) -> dict[str, Image]:
    """Given the catalog's folder (default: ours), return every earlier version that can be built, by its full tag."""
    folder = catalog_dir or data_dir("catalog")
    images = [
        _image(folder / name / "image", name, target, recipe, recipe.previous)
        for name, recipe in load_recipes(folder).items()
        if recipe.previous
        for target in recipe.targets or [""]
    ]
    return {image.tag: image for image in images}


def _image(folder: Path, name: str, target: str, recipe: Recipe, version: Recipe | Previous) -> Image:
    return Image(
        name=f"provisioner/{name}" + (f"-{target}" if target not in ("", name) else ""),
        version=version.version,
        folder=folder,
        target=target,
        build_args=tuple(sorted({**recipe.build_args, **version.build_args}.items())),
        bases=tuple(version.bases or recipe.bases) or (FOUNDATION,),
        stands_in_for=recipe.stands_in_for,
    )
