"""The Debian image that everything starts from: local, else from a registry, else made by debootstrap."""

import json
import re
import tempfile
from pathlib import Path

from provisioner import engine, runner
from provisioner.commands import docker
from provisioner.engine import Progress, quiet
from provisioner.errors import ProvisionerError
from provisioner.i18n import _
from provisioner.registry import reachable

MIRROR = "http://deb.debian.org/debian"
SECURITY = "http://deb.debian.org/debian-security"
SOURCES = """\
Types: deb
URIs: {mirror}
Suites: {suite} {suite}-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: {security}
Suites: {suite}-security
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
"""


def ensure(reference: str, progress: Progress = quiet) -> str:
    """Given an image such as debian:trixie-slim, make sure that the engine has it and return its id.

    Raise ProvisionerError when it is not here, no registry gives it, and it is no Debian or debootstrap cannot run.
    """
    if not _id(reference):
        pulled = reachable() and runner.run(docker.pull(reference), check=False, timeout=300).code == 0
        if not pulled:
            _bootstrap(reference, progress)
    return _id(reference)


def _id(reference: str) -> str:
    found = runner.run(docker.inspect("image", reference), check=False, timeout=60)
    return str(json.loads(found.stdout)[0]["Id"]) if found.code == 0 else ""


def _bootstrap(reference: str, progress: Progress) -> None:
    """Make the image from Debian packages."""
    named = re.fullmatch(r"debian:([a-z]+)-slim", reference)
    if not named:
        text = _("the image {image} is not here and no registry gives it").format(image=reference)
        raise ProvisionerError(text, _("Load it with docker load, or reach a registry."))
    engine.require_root(_("making the image {image} with debootstrap").format(image=reference))
    _install_debootstrap(progress)
    progress(_("making {image} with debootstrap (half a minute)").format(image=reference))
    mirror, security = mirrors(_apt_sources())
    # Not in /tmp: that is often mounted without device files, which debootstrap has to make, and sometimes small.
    with tempfile.TemporaryDirectory(prefix="provisioner-", dir="/var/tmp") as work:
        root, archive = Path(work, "root"), Path(work, "root.tar")
        runner.run(["debootstrap", "--variant=minbase", named[1], str(root), mirror], timeout=1200)
        (root / "etc/apt/sources.list").unlink(missing_ok=True)
        sources = SOURCES.format(mirror=mirror, security=security, suite=named[1])
        (root / "etc/apt/sources.list.d/debian.sources").write_text(sources)
        leave_out = ["--exclude=./var/lib/apt/lists/*", "--exclude=./var/cache/apt/*.bin"]
        leave_out += ["--exclude=./var/cache/apt/archives/*.deb", "--exclude=./dev/*"]
        runner.run(["tar", "-C", str(root), *leave_out, "-cf", str(archive), "."], timeout=300)
        runner.run(docker.import_archive(archive, reference), timeout=300)


def _install_debootstrap(progress: Progress) -> None:
    try:
        runner.run(["debootstrap", "--version"], timeout=20)
    except ProvisionerError:
        engine.install_packages(["debootstrap"], [], progress)


def _apt_sources() -> str:
    files = [Path("/etc/apt/sources.list"), *sorted(Path("/etc/apt/sources.list.d").glob("*"))]
    return "\n".join(file.read_text(errors="replace") for file in files if file.is_file())


def mirrors(sources: str) -> tuple[str, str]:
    """Given the text of apt's sources, return the Debian mirror and the security mirror that this machine uses."""
    lines = [line for line in sources.splitlines() if not line.lstrip().startswith("#")]
    found = re.findall(r"(https?://[^\s\]]+?)/?(?=\s|$)", "\n".join(lines))
    mirror = next((address for address in found if address.endswith("/debian")), MIRROR)
    return mirror, next((address for address in found if address.endswith("/debian-security")), SECURITY)
