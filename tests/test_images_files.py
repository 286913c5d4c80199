"""Files of images: which are unfit, and a build that leaves some is refused until its recipe is mended."""

import io
import tarfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from test_images import write_recipe

from provisioner import images, images_files, runner
from provisioner.commands import docker
from provisioner.errors import ProvisionerError

FILE, FOLDER, LINK, DEVICE = tarfile.REGTYPE, tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.CHRTYPE
Member = tuple[str, int, int, int, bytes]


def archive(*members: Member, accounts: str = "root:x:0\napp:x:33\n") -> tarfile.TarFile:
    """Return the tar of an image: its accounts and groups, and members of name, mode, user, group and kind."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as made:
        for name in ("etc/passwd", "etc/group"):
            about = tarfile.TarInfo(name)
            about.size = len(accounts)
            made.addfile(about, io.BytesIO(accounts.encode()))
        for name, mode, user, group, kind in members:
            about = tarfile.TarInfo(name)
            about.mode, about.uid, about.gid, about.type = mode, user, group, kind
            made.addfile(about)
    buffer.seek(0)
    return tarfile.open(fileobj=buffer, mode="r|")


@pytest.mark.parametrize(
    ("member", "told"),
    [
        (("srv/a", 0o644, 0, 0, FILE), []),
        (("srv/a", 0o640, 33, 33, FILE), []),
        (("srv/a", 0o644, 501, 33, FILE), ["/srv/a (owner 501:33)"]),
        (("srv/a", 0o644, 33, 20, FILE), ["/srv/a (owner 33:20)"]),
        (("srv/a", 0o777, 501, 20, LINK), ["/srv/a (owner 501:20)"]),
        (("srv/a", 0o777, 0, 0, LINK), []),
        (("srv/a", 0o666, 0, 0, FILE), ["/srv/a (mode 0666)"]),
        (("tmp/", 0o777, 0, 0, FOLDER), ["/tmp (mode 0777)"]),
        (("tmp/", 0o1777, 0, 0, FOLDER), []),
        (("tmp/", 0o1777, 33, 33, FOLDER), ["/tmp (mode 1777)"]),
        (("tmp/a", 0o1666, 0, 0, FILE), ["/tmp/a (mode 1666)"]),
        (("dev/null", 0o666, 7, 7, DEVICE), []),
    ],
)
def test_files_of_nobody_or_open_to_everyone_are_unfit(member: Member, told: list[str]) -> None:
    assert images_files.unfit(archive(member)) == told


def test_files_in_an_image_without_accounts_are_root_s_alone() -> None:
    members = (("a", 0o644, 33, 33, FILE), ("b", 0o644, 0, 0, FILE))
    assert images_files.unfit(archive(*members, accounts="")) == ["/a (owner 33:33)"]


@pytest.fixture
def foreign(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A catalog with one recipe that leaves a file of nobody, open to all; its image is removed afterwards."""
    name = f"trial{uuid.uuid4().hex[:8]}"
    write_recipe(
        tmp_path, name, dockerfile="FROM debian:trixie-slim\nRUN echo > /a && chown 501:20 /a && chmod 666 /a\n"
    )
    yield tmp_path, name
    runner.run(docker.untag(f"provisioner/{name}:1.0"), check=False)


@pytest.mark.lab
def test_a_build_with_foreign_files_fails_each_time_until_they_are_mended(foreign: tuple[Path, str]) -> None:
    catalog, name = foreign
    for _time in ("built", "asked again"):
        with pytest.raises(ProvisionerError, match=r"\(2\)") as caught:
            images.build_images([name], catalog_dir=catalog)
        assert "/a (mode 0666)" in caught.value.hint and "/a (owner 501:20)" in caught.value.hint
    with (catalog / name / "image" / "Dockerfile").open("a") as file:
        file.write("RUN chown 0:0 /a && chmod go-w /a\n")
    images.build_images([name], catalog_dir=catalog)
    with pytest.raises(ProvisionerError, match="cannot be read"):
        images_files.read_unfit(f"provisioner/{name}:none")


@pytest.mark.lab
def test_the_base_of_our_images_has_no_setuid_program() -> None:
    images.build_images(["provisioner/base"])
    find = [docker.DOCKER, "run", "--rm", "--network", "none", "--entrypoint", "find", "provisioner/base:13"]
    assert runner.run([*find, "/", "-xdev", "-type", "f", "-perm", "/6000"], timeout=120).stdout == ""
