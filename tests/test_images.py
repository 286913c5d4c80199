"""Recipes: reading, order, what makes a rebuild, which service can be had; with an engine, building and pushing."""

import os
import stat
import uuid
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from provisioner import engine, images, images_foundation, lab, runner
from provisioner.catalog import Catalog
from provisioner.commands import docker
from provisioner.errors import InputError, ProvisionerError
from provisioner.images_push import push_images
from provisioner.registry import resolve_digest


def write_recipe(catalog: Path, name: str, more: str = "", dockerfile: str = "FROM debian:trixie-slim\n") -> Path:
    folder = catalog / name / "image"
    folder.mkdir(parents=True)
    (folder / "Dockerfile").write_text(dockerfile)
    (folder / "image.yaml").write_text(f"stands_in_for: some/{name}\nversion: '1.0'\nsource: a test\n{more}")
    return folder


@pytest.fixture
def catalog(tmp_path: Path) -> Path:
    write_recipe(tmp_path, "base", "targets: [base, php]\n")
    write_recipe(tmp_path, "wiki", "bases: [provisioner/base-php]\n")
    return tmp_path


def test_load_images_names_targets_after_their_folder(catalog: Path) -> None:
    found = images.load_images(catalog)
    assert [image.tag for image in found.values()] == [
        "provisioner/base:1.0",
        "provisioner/base-php:1.0",
        "provisioner/wiki:1.0",
    ]
    assert found["provisioner/base-php"].target == "php"
    assert found["provisioner/base"].bases == (images.FOUNDATION,)


def test_load_recipes_unknown_key_is_refused_with_its_line(catalog: Path) -> None:
    write_recipe(catalog, "odd", "colour: blue\n")
    with pytest.raises(InputError) as caught:
        images.load_recipes(catalog)
    assert [finding.line for finding in caught.value.findings] == [4]


def test_recipes_of_our_catalog_can_all_be_ordered() -> None:
    found = {**images.load_images(), **images.load_previous()}
    assert set(images.build_order(found)) == set(found.values())


def test_build_order_puts_bases_first_and_leaves_out_the_rest(catalog: Path) -> None:
    found = images.load_images(catalog)
    assert [image.name for image in images.build_order(found, ["wiki"])] == ["provisioner/base-php", "provisioner/wiki"]


def test_build_order_takes_a_folder_as_all_its_targets(catalog: Path) -> None:
    names = [image.name for image in images.build_order(images.load_images(catalog), ["base"])]
    assert names == ["provisioner/base", "provisioner/base-php"]


def test_build_order_unknown_name_tells_the_known_ones(catalog: Path) -> None:
    with pytest.raises(ProvisionerError, match="no recipe makes the image provisioner/nothing") as caught:
        images.build_order(images.load_images(catalog), ["nothing"])
    assert "provisioner/wiki" in caught.value.hint


def test_build_order_circle_is_refused(tmp_path: Path) -> None:
    write_recipe(tmp_path, "a", "bases: [provisioner/b]\n")
    write_recipe(tmp_path, "b", "bases: [provisioner/a]\n")
    with pytest.raises(ProvisionerError, match="provisioner/a -> provisioner/b -> provisioner/a"):
        images.build_order(images.load_images(tmp_path))


PREVIOUS = (
    "build_args: {KEPT: a, VERSION: new}\nprevious: {version: '0.9', build_args: {VERSION: old}, bases: [BASE]}\n"
)


def test_load_previous_keeps_what_does_not_differ(catalog: Path) -> None:
    write_recipe(catalog, "pad", PREVIOUS.replace("BASE", "provisioner/base-php"))
    found = images.load_previous(catalog)["provisioner/pad:0.9"]
    assert found.build_args == (("KEPT", "a"), ("VERSION", "old"))
    assert (found.name, found.bases) == ("provisioner/pad", ("provisioner/base-php",))
    assert "provisioner/pad:0.9" not in images.load_images(catalog)


def test_build_order_of_an_earlier_version_starts_from_its_own_bases(catalog: Path) -> None:
    recipe = catalog / "base" / "image" / "image.yaml"
    recipe.write_text(recipe.read_text() + "previous: {version: '0.1', bases: ['debian:bookworm-slim']}\n")
    write_recipe(catalog, "pad", "bases: [provisioner/base]\n" + PREVIOUS.replace("BASE", "'provisioner/base-php:0.1'"))
    every = {**images.load_images(catalog), **images.load_previous(catalog)}
    assert [image.tag for image in images.build_order(every, ["pad:0.9"])] == [
        "provisioner/base-php:0.1", "provisioner/pad:0.9",
    ]  # fmt: skip
    assert [image.tag for image in images.build_order(every, ["pad"])] == [
        "provisioner/base:1.0", "provisioner/pad:1.0",
    ]  # fmt: skip


def test_load_recipes_two_answers_about_the_version_before_are_refused(catalog: Path) -> None:
    write_recipe(catalog, "pad", PREVIOUS.replace("BASE", "x") + "no_previous: it is the first\n")
    with pytest.raises(InputError) as caught:
        images.load_recipes(catalog)
    assert "give either previous or no_previous" in str(caught.value.findings[0])


def test_fingerprint_changes_with_what_the_build_reads_only(catalog: Path) -> None:
    image = images.load_images(catalog)["provisioner/wiki"]
    first = images.fingerprint(image, ["sha256:base"])
    (image.folder / "image.yaml").write_text("only words about it")
    assert images.fingerprint(image, ["sha256:base"]) == first
    assert images.fingerprint(image, ["sha256:newer base"]) != first
    script = image.folder / "start"
    script.write_text("exec true")
    with_script = images.fingerprint(image, ["sha256:base"])
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    assert len({first, with_script, images.fingerprint(image, ["sha256:base"])}) == 3


def test_stand_in_goes_by_repository_whatever_the_version(catalog: Path) -> None:
    found = images.load_images(catalog)
    assert images.stand_in("docker.io/some/wiki:7", found) == found["provisioner/wiki"]
    assert images.stand_in("provisioner/wiki:1.0", found) == found["provisioner/wiki"]
    assert images.stand_in("some/other:7", found) is None


def test_available_build_mode_wants_a_recipe_for_every_image(catalog: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")  # no docker client: nothing is local
    services = {"one": ["some/wiki:7"], "two": ["some/wiki:7", "some/other:1"], "none": []}
    entries = {name: SimpleNamespace(images=references) for name, references in services.items()}
    known = Catalog(catalog, entries)  # type: ignore[arg-type]
    assert images.available(known, "build") == {"one", "none"}
    assert images.available(known, "registry") == set(services)


def test_mirrors_come_from_the_sources_of_this_machine() -> None:
    old = "# deb http://not.this/debian x\ndeb [signed-by=/k] https://mirror.example/debian/ trixie main\n"
    new = "URIs: http://near.example/debian\nURIs: http://near.example/debian-security\n"
    assert images_foundation.mirrors(old) == ("https://mirror.example/debian", images_foundation.SECURITY)
    assert images_foundation.mirrors(new) == ("http://near.example/debian", "http://near.example/debian-security")
    assert images_foundation.mirrors("") == (images_foundation.MIRROR, images_foundation.SECURITY)


def test_build_command_is_the_builder_then_options_then_folder() -> None:
    command = docker.build(["docker", "buildx", "build", "--load"], Path("/r"), "provisioner/x:1", ["--target", "t"])
    assert " ".join(command) == "docker buildx build --load --progress=plain --tag provisioner/x:1 --target t /r"


def test_build_site_ca_is_passed_only_where_the_environment_names_one(
    catalog: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bundle = tmp_path / "ca.pem"
    bundle.write_text("")
    image = images.load_images(catalog)["provisioner/base-php"]
    monkeypatch.delenv("PIP_CERT", raising=False)
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    assert images.build_options(image) == ["--target", "php"]
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
    assert images.build_options(image)[:2] == ["--secret", f"id=ca,src={bundle}"]


def fake_client(folder: Path, version: str, buildx: bool) -> str:
    folder.mkdir()
    code = f'#!/bin/sh\n[ "$1" = buildx ] && exit {0 if buildx else 1}\necho "Docker version {version}, build 1"\n'
    (folder / "docker").write_text(code)
    (folder / "docker").chmod(0o755)
    return str(folder)


@pytest.mark.parametrize(
    ("clients", "chosen"),
    [
        ([("28.2.2", False), ("20.10.24", False)], (1, ["build"], {"DOCKER_BUILDKIT": "1"})),
        ([("28.2.2", True), ("20.10.24", False)], (0, ["buildx", "build", "--load"], {})),
        ([("20.10.24", False)], (0, ["build"], {"DOCKER_BUILDKIT": "1"})),
    ],
)
def test_find_builder_takes_the_first_client_that_has_buildkit(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    clients: list[tuple[str, bool]],
    chosen: tuple[int, list[str], dict[str, str]],
) -> None:
    folders = [fake_client(tmp_path / str(number), *client) for number, client in enumerate(clients)]
    monkeypatch.setenv("PATH", os.pathsep.join([*folders, "/nowhere"]))
    number, words, environment = chosen
    assert engine.find_builder() == ([f"{folders[number]}/docker", *words], environment)


def test_find_builder_without_any_tells_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", fake_client(tmp_path / "new", "28.2.2", False))
    with pytest.raises(ProvisionerError, match="BuildKit") as caught:
        engine.find_builder()
    assert "docker-buildx" in caught.value.hint


def test_ensure_engine_chosen_by_hand_is_not_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:1")
    with pytest.raises(ProvisionerError, match=r"DOCKER_HOST=tcp://127\.0\.0\.1:1 does not answer"):
        engine.ensure_engine()


def test_install_packages_as_a_plain_user_asks_for_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(ProvisionerError, match=r"installing docker\.io needs root"):
        engine.install_packages(["docker.io"], [])


def test_install_packages_without_apt_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(ProvisionerError, match="no apt"):
        engine.install_packages(["docker.io"], [])


@pytest.fixture
def marked(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A catalog with one recipe of a name that nobody else has; its image is removed afterwards."""
    name = f"trial{uuid.uuid4().hex[:8]}"
    write_recipe(
        tmp_path, name, dockerfile="FROM debian:trixie-slim\nRUN --mount=type=tmpfs,target=/t echo built > /mark\n"
    )
    yield tmp_path, name
    runner.run(docker.untag(f"provisioner/{name}:1.0"), check=False)


@pytest.mark.lab
def test_build_images_again_builds_only_what_changed(marked: tuple[Path, str]) -> None:
    catalog, name = marked
    said: list[str] = []
    first = images.build_images([name], said.append, catalog)
    assert said == [f"building provisioner/{name}:1.0"]
    assert images.build_images([name], said.append, catalog) == first
    assert len(said) == 1
    with (catalog / name / "image" / "Dockerfile").open("a") as file:
        file.write("RUN echo more >> /mark\n")
    assert images.build_images([name], said.append, catalog) != first


@pytest.mark.lab
def test_build_images_failing_shows_the_last_lines(marked: tuple[Path, str]) -> None:
    catalog, name = marked
    (catalog / name / "image" / "Dockerfile").write_text("FROM debian:trixie-slim\nRUN echo the cause >&2; false\n")
    with pytest.raises(ProvisionerError) as caught:
        images.build_images([name], catalog_dir=catalog)
    assert "the cause" in caught.value.hint


@pytest.mark.lab
def test_push_images_again_sends_nothing_and_keeps_the_digest(marked: tuple[Path, str]) -> None:
    catalog, name = marked
    registry, said = lab.registry(), list[str]()
    pushed = push_images([f"some/{name}:9"], registry, said.append, catalog)
    reference = pushed[f"some/{name}:9"]
    digest = resolve_digest(f"provisioner/{name}:1.0", mirror=registry.push, insecure=True)
    assert reference == f"provisioner-registry:5000/provisioner/{name}:1.0@{digest}"
    assert said[-1] == f"pushing provisioner/{name}:1.0"
    said.clear()
    assert push_images([f"some/{name}:9"], registry, said.append, catalog) == pushed and said == []
    with pytest.raises(ProvisionerError, match="is not in the registry"):
        resolve_digest(f"provisioner/{name}:2.0", mirror=registry.push, insecure=True)


@pytest.mark.lab
def test_push_images_without_image_or_recipe_names_the_image(marked: tuple[Path, str]) -> None:
    with pytest.raises(ProvisionerError, match=r"no\.such/image:1 is not here, and no recipe"):
        push_images(["no.such/image:1"], lab.registry(), catalog_dir=marked[0])
