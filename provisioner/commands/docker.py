"""Docker commands as lists of words. Nothing here runs them."""

from collections.abc import Iterable, Mapping
from pathlib import Path

DOCKER = "docker"


def build(prefix: list[str], folder: Path, tag: str, options: Iterable[str] = ()) -> list[str]:
    """Given the build command of this machine (engine.find_builder), a recipe's folder and a tag, return the build."""
    return [*prefix, "--progress=plain", "--tag", tag, *options, str(folder)]


def labels(values: Mapping[str, str]) -> list[str]:
    """Return --label options."""
    return [word for name, value in values.items() for word in ("--label", f"{name}={value}")]


def filters(wanted: Iterable[str]) -> list[str]:
    """Return --filter options that choose by label."""
    return [word for label in wanted for word in ("--filter", f"label={label}")]


def inspect(kind: str, *names: str) -> list[str]:
    """Return the command that prints what the engine knows of images, containers, networks or volumes, as JSON."""
    return [DOCKER, kind, "inspect", *names]


def list_names(kind: str, *wanted: str) -> list[str]:
    """Return the command that prints the names of what carries all these labels: container, network or volume."""
    everything = ["--all"] if kind == "container" else []
    form = "{{.Names}}" if kind == "container" else "{{.Name}}"
    return [DOCKER, kind, "ls", *everything, *filters(wanted), "--format", form]


def remove(kind: str, *names: str) -> list[str]:
    """Return the command that removes containers (running or not, with unnamed volumes), networks or volumes."""
    return [DOCKER, kind, "rm", *(["--force", "--volumes"] if kind == "container" else []), *names]


def create_network(name: str, subnet: str, dynamic: str, labelled: Mapping[str, str]) -> list[str]:
    """Return the command for a bridge whose engine-given addresses come from the range `dynamic` of `subnet`."""
    return [DOCKER, "network", "create", "--subnet", subnet, "--ip-range", dynamic, *labels(labelled), name]


def create_volume(name: str, labelled: Mapping[str, str]) -> list[str]:
    """Return the command that creates a volume."""
    return [DOCKER, "volume", "create", *labels(labelled), name]


def run_detached(image: str, name: str, options: Iterable[str]) -> list[str]:
    """Return the command that starts a container in the background."""
    return [DOCKER, "run", "--detach", "--name", name, *options, image]


def restart(name: str) -> list[str]:
    """Return the command that stops a container, waits for its end (30 s) and starts it again."""
    return [DOCKER, "container", "restart", "--time", "30", name]


def start(name: str) -> list[str]:
    """Return the command that starts a stopped container."""
    return [DOCKER, "container", "start", name]


def execute(name: str, command: list[str]) -> list[str]:
    """Return the command that runs another inside a container."""
    return [DOCKER, "exec", name, *command]


def logs(name: str, lines: int = 15) -> list[str]:
    """Return the command that prints the last lines a container wrote."""
    return [DOCKER, "logs", "--tail", str(lines), name]


def pull(reference: str) -> list[str]:
    """Return the command that fetches an image."""
    return [DOCKER, "pull", "--quiet", reference]


def push(reference: str) -> list[str]:
    """Return the command that sends an image to its registry."""
    return [DOCKER, "push", reference]


def tag(image: str, reference: str) -> list[str]:
    """Return the command that gives an image one more name."""
    return [DOCKER, "tag", image, reference]


def untag(reference: str) -> list[str]:
    """Return the command that takes a name away; the image goes with its last name."""
    return [DOCKER, "image", "rm", "--no-prune", reference]


def import_archive(archive: Path, reference: str) -> list[str]:
    """Return the command that makes an image of a tar archive of a file system."""
    return [DOCKER, "import", "--change", 'CMD ["bash"]', str(archive), reference]


def list_images() -> list[str]:
    """Return the command that prints every local image as repository:tag."""
    return [DOCKER, "image", "ls", "--format", "{{.Repository}}:{{.Tag}}"]


def compose_version() -> list[str]:
    """Return the command that tells whether Compose is there."""
    return [DOCKER, "compose", "version"]


def compose_config(file: Path, env: Path) -> list[str]:
    """Return the command by which Compose reads a file and its variables, and tells what is wrong."""
    return [
        DOCKER,
        "compose",
        "--project-name",
        "check",
        "--env-file",
        str(env),
        "--file",
        str(file),
        "config",
        "--quiet",
    ]
