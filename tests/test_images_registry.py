"""Images in registries that really run: newer versions, mirrors, and a stand-in for what cannot be had."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from stack_fixture import stack_of
from test_images import marked as marked  # a fixture
from test_images import write_recipe

from provisioner import images, lab, runner
from provisioner.catalog import Catalog
from provisioner.commands import docker
from provisioner.errors import ProvisionerError
from provisioner.images_updates import look_for_updates
from provisioner.lock import resolve
from provisioner.registry import Registry, address_of, parse_reference


@pytest.mark.parametrize(
    ("reference", "mirror", "address"),
    [
        ("postgres:17", "", ("registry-1.docker.io", "library/postgres")),
        ("ghcr.io/some/app:1", "", ("ghcr.io", "some/app")),
        ("ghcr.io/some/app:1", "mirror.example:5000", ("mirror.example:5000", "some/app")),
        ("ghcr.io/some/app:1", "mirror.example/{registry}", ("mirror.example", "ghcr.io/some/app")),
        ("postgres:17", "mirror.example/hub/{registry}/", ("mirror.example", "hub/docker.io/library/postgres")),
    ],
)
def test_address_of_says_where_a_mirror_has_an_image(reference: str, mirror: str, address: tuple[str, str]) -> None:
    assert address_of(parse_reference(reference), mirror) == address


def known_images(folder: Path, *references: str) -> Catalog:
    """Return a catalog of one service, `app`, that uses these images."""
    entry = SimpleNamespace(images=list(references))
    return Catalog(folder, {"app": entry})  # type: ignore[dict-item]


@pytest.fixture
def shelf(marked: tuple[Path, str]) -> Iterator[tuple[Path, str, Registry]]:
    """The lab's registry with one image under several versions, as upstream's would have it."""
    folder, name = marked
    registry = lab.registry()
    images.build_images([name], catalog_dir=folder)
    tags = [f"{registry.push}/some/{name}:{tag}" for tag in ("1.0.0", "1.0.1", "1.2.0", "2.0.0", "3.0.0", "latest")]
    for tag in tags:
        runner.run(docker.tag(f"provisioner/{name}:1.0", tag))
        for _line in runner.stream(docker.push(tag)):
            pass
        runner.run(docker.untag(tag))
    yield folder, name, registry


@pytest.mark.lab
def test_look_for_updates_asks_the_registry(shelf: tuple[Path, str, Registry]) -> None:
    folder, name, registry = shelf
    known = known_images(folder, f"some/{name}:1.0.0", "some/absent:1.0", "provisioner/ours:1.0")
    rows = look_for_updates(known, mirror=registry.push, insecure=True)
    assert [row["image"] for row in rows] == ["some/absent:1.0", f"some/{name}:1.0.0"]
    assert "is not in the registry" in rows[0]["error"]
    assert rows[1]["newer"] == {"patch": "1.0.1", "minor": "1.2.0", "major": "2.0.0"}


@pytest.mark.lab
def test_resolve_auto_takes_a_stand_in_only_for_what_cannot_be_had(shelf: tuple[Path, str, Registry]) -> None:
    folder, name, registry = shelf
    write_recipe(folder, "absent", "bases: []\n")
    for reference in ("caddy:2.11.4", "some/absent:1.0"):
        tag = f"{registry.push}/{reference if 'caddy' in reference else 'provisioner/absent:1.0'}"
        runner.run(docker.tag(f"provisioner/{name}:1.0", tag))
        list(runner.stream(docker.push(tag)))
        runner.run(docker.untag(tag))
    there = {"source": "auto", "registry": registry.push, "registry_mirror": registry.push, "insecure": True}
    stack = stack_of(images=there, services={"app": {}})
    known = known_images(folder, f"some/{name}:1.0.0", "some/absent:1.0")
    found = resolve(stack, known, lambda _text: None).images
    assert {ref: image.source for ref, image in found.items() if ref != "caddy:2.11.4"} == {
        f"some/{name}:1.0.0": "upstream", "some/absent:1.0": "stand-in",
    }  # fmt: skip
    assert found["some/absent:1.0"].image.startswith(f"{registry.push}/provisioner/absent:1.0@sha256:")
    with pytest.raises(ProvisionerError, match=r"some/absent:1\.0: the image \S+ is not in the registry"):
        resolve(stack_of(images={**there, "source": "registry"}, services={"app": {}}), known, lambda _text: None)
