"""A newcomer follows docs/add-a-service.md to the letter: its files, its commands; then the content is read back."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from docs_page import ROOT, Page

from provisioner import lab
from provisioner.paths import data_dir

pytestmark = pytest.mark.lab
PAGE = Page(ROOT / "docs" / "add-a-service.md")
HOST = "try-tiddlywiki"


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Path]:
    """Return a folder with a copy of the catalog; the host that the page makes is gone afterwards."""
    assert HOST not in [host.name for host in lab.hosts()], f"a rehearsal host {HOST} is there already: remove it first"
    shutil.copytree(data_dir("catalog"), tmp_path / "catalog")
    yield tmp_path
    if HOST in [host.name for host in lab.hosts()]:
        lab.down(HOST)


def follow(folder: Path, block: str) -> str:
    """Type one block of commands in the folder and return what was printed; it must end well."""
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PROVISIONER_IDENTITY": str(folder / "identity.txt"),
    }
    done = subprocess.run(
        ["sh", "-ec", block], cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True,
        timeout=1200, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{block}\n{done.stdout}{done.stderr}"
    return done.stdout


def write_files(folder: Path) -> None:
    """Write the files that the page shows whole. Their folders must be there: the page makes them."""
    for name, text in PAGE.files().items():
        (folder / name).write_text(text, "utf-8")


def test_newcomer_follows_the_page_and_reads_the_content_back(checkout: Path) -> None:
    folders, *blocks = PAGE.blocks()
    follow(checkout, folders)
    write_files(checkout)
    printed = [follow(checkout, block) for block in blocks]

    [probed] = [text for text in printed if "Written and read back" in text]
    [marker] = set(re.findall(r"probe[0-9a-f]{16}", probed))
    assert re.search(rf"try_tiddlywiki\s+yes\s.*{marker}", probed)
    assert probed.rstrip().endswith(marker), "the application's own file holds what was written over HTTPS"

    [second] = [text for text in printed if "healthy" in text]
    assert "Nothing to change" in second and re.search(r"ok, \d+ min ago", second)
    assert HOST not in [host.name for host in lab.hosts()]
