"""A Docker engine on this machine: find it, else install it from Debian packages, else start it."""

import os
import re
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from provisioner import runner
from provisioner.errors import ProvisionerError
from provisioner.i18n import _

Progress = Callable[[str], None]
SOCKET = Path("/var/run/docker.sock")
ENGINE_PACKAGES = ["docker.io", "iptables", "debootstrap"]
CLIENT_PACKAGES = ["docker-cli", "docker-buildx"]
BUILDX_SINCE = 23


class Builder(NamedTuple):
    """How this machine builds images with BuildKit: the first words of the command, and what its environment needs."""

    prefix: list[str]
    environment: dict[str, str]


def quiet(_message: str) -> None:
    """Take progress and show nothing."""


def state_dir(name: str = "") -> Path:
    """Return the folder for what we keep on this machine between runs, private to the user."""
    base = os.environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    folder = Path(base) / "provisioner" / name
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def engine_version() -> str:
    """Return the version of the engine that answers here, "" when none does."""
    import docker
    from docker.errors import DockerException

    try:
        client = docker.from_env(timeout=20)
        try:
            return str(client.version()["Version"])
        finally:
            client.close()
    except (DockerException, OSError):
        return ""


def ensure_engine(progress: Progress = quiet) -> str:
    """Make sure that a Docker engine answers, and return its version. Done already: nothing changes.

    Raise ProvisionerError when there is none and it cannot be installed or started, with the way out.
    """
    version = engine_version()
    if version and shutil.which("docker"):
        return version
    _refuse_what_we_must_not_touch()
    if not (shutil.which("dockerd") and shutil.which("docker")):
        install_packages(ENGINE_PACKAGES, CLIENT_PACKAGES, progress)
    if not engine_version():
        _start(progress)
    return engine_version()


def find_builder(progress: Progress = quiet) -> Builder:
    """Return the way to build with BuildKit: buildx, else a docker client that has it inside, else buildx from apt.

    Raise ProvisionerError when there is none.
    """
    found = _find_builder()
    if found is None and os.geteuid() == 0 and shutil.which("apt-get"):
        install_packages([], ["docker-buildx"], progress)
        found = _find_builder()
    if found is None:
        text = _("no docker client here can build with BuildKit")
        raise ProvisionerError(text, _("Install buildx: apt-get install docker-buildx (or docker-buildx-plugin)."))
    return found


def _find_builder() -> Builder | None:
    clients = [Path(folder, "docker") for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    for client in dict.fromkeys(str(path) for path in clients if os.access(path, os.X_OK)):
        if runner.run([client, "buildx", "version"], check=False, timeout=20).code == 0:
            return Builder([client, "buildx", "build", "--load"], {})
        version = re.search(r"version (\d+)\.", runner.run([client, "--version"], check=False, timeout=20).stdout)
        if version and 18 < int(version[1]) < BUILDX_SINCE:
            return Builder([client, "build"], {"DOCKER_BUILDKIT": "1"})
    return None


def install_packages(wanted: list[str], if_known: list[str], progress: Progress = quiet) -> None:
    """Install Debian packages: all of `wanted`, and those of `if_known` that this release has.

    Raise ProvisionerError when we are not root, there is no apt, or apt fails.
    """
    if not shutil.which("apt-get"):
        text = _("there is no Docker engine here, and no apt to install one with")
        raise ProvisionerError(text, _("Install Docker the way of this system, then run this again."))
    require_root(_("installing {packages}").format(packages=", ".join(wanted + if_known)))
    quiet_apt = {"DEBIAN_FRONTEND": "noninteractive"}
    runner.run(["apt-get", "update", "-q"], timeout=300, environment=quiet_apt)
    policy = runner.run(["apt-cache", "policy", *if_known], timeout=60, environment={"LC_ALL": "C"}).stdout
    known = [name for name in if_known if re.search(rf"^{name}:\n.*\n +Candidate: [^(]", policy, re.M)]
    packages = [*wanted, *known]
    if packages:
        progress(_("installing {packages}").format(packages=", ".join(packages)))
        command = ["apt-get", "install", "-qy", "--no-install-recommends", *packages]
        runner.run(command, timeout=900, environment=quiet_apt)


def require_root(action: str) -> None:
    """Given what is about to be done, raise ProvisionerError unless we are root."""
    if os.geteuid() != 0:
        text = _("{action} needs root").format(action=action)
        raise ProvisionerError(text, _("Run the same command with sudo, or ask whoever looks after this machine."))


def _refuse_what_we_must_not_touch() -> None:
    """Raise when an engine was chosen that is not ours to start, or is there but closed to us."""
    chosen = os.environ.get("DOCKER_HOST")
    if chosen:
        text = _("the Docker engine at DOCKER_HOST={place} does not answer").format(place=chosen)
        raise ProvisionerError(text, _("Start it, or unset DOCKER_HOST to use this machine's own."))
    if SOCKET.exists() and not os.access(SOCKET, os.R_OK | os.W_OK):
        text = _("you may not use the Docker engine of this machine")
        hint = _("Join its group: sudo usermod -aG docker $USER, then log out and in. (Members are as good as root.)")
        raise ProvisionerError(text, hint)


def _start(progress: Progress) -> None:
    """Start the engine: by the service manager where one runs, else in a session of its own."""
    require_root(_("starting the Docker engine"))
    progress(_("starting the Docker engine"))
    if Path("/run/systemd/system").is_dir():
        runner.run(["systemctl", "start", "docker"], timeout=120)
        _wait(lambda: _("systemctl status docker"))
        return
    log = state_dir() / "dockerd.log"
    runner.start_detached(["dockerd"], log)
    _wait(lambda: "\n".join(log.read_text(errors="replace").splitlines()[-5:]))


def _wait(explain: Callable[[], str], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not engine_version():
        if time.monotonic() > deadline:
            text = _("the Docker engine did not answer within {seconds:.0f} s").format(seconds=seconds)
            raise ProvisionerError(text, explain())
        time.sleep(0.3)
