"""Docker's command lines as lists, and the one place on the host that runs programs."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

ENVIRONMENT = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME": "/root",
    "LANG": "C.UTF-8",
}
OUT_OF_TIME = 124


class Failed(Exception):
    """A program ended badly. `output` holds its last lines, `code` how it ended."""

    def __init__(self, message: str, output: str = "", code: int = 1) -> None:
        super().__init__(message)
        self.output = output
        self.code = code


def run(
    command: list[str],
    cwd: Path | None = None,
    stdin: str = "",
    timeout: float = 1800,
    env: dict[str, str] | None = None,
    last: int = 15,
) -> str:
    """Run a program and return its standard output. Raise Failed with its `last` lines when it ends badly.

    `env` is added to the environment of the program: the place for what must not be seen in its arguments.
    """
    try:
        done = subprocess.run(
            command, cwd=cwd, input=stdin, capture_output=True, text=True, timeout=timeout,
            env={**_environment(), **(env or {})}, errors="replace", check=False,
        )  # fmt: skip
    except FileNotFoundError as error:
        raise Failed(f"{command[0]}: not installed") from error
    except subprocess.TimeoutExpired as error:
        said = bytes(error.stderr or b"").decode("utf-8", "replace").strip().splitlines()
        message = f"{' '.join(command[:3])}: no end after {timeout:.0f} s"
        raise Failed(message, "\n".join(said[-last:]), OUT_OF_TIME) from error
    if done.returncode:
        lines = (done.stderr.strip() or done.stdout.strip()).splitlines()
        raise Failed(f"{' '.join(command[:3])}: exit code {done.returncode}", "\n".join(lines[-last:]), done.returncode)
    return done.stdout


def run_files(
    command: list[str],
    cwd: Path,
    *,
    source: Path | None = None,
    target: Path | None = None,
    env: dict[str, str] | None = None,
    timeout: float = 36000,
) -> None:
    """Run a program that reads a file on standard input or writes a new one, of mode 0600, on standard output.

    Raise Failed when it ends badly: what it wrote until then is not whole.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    with (
        source.open("rb") if source else open(os.devnull, "rb") as reading,  # noqa: PTH123
        os.fdopen(os.open(target, flags, 0o600), "wb") if target else open(os.devnull, "wb") as writing,  # noqa: PTH123
    ):
        done = subprocess.run(
            command, cwd=cwd, stdin=reading, stdout=writing, stderr=subprocess.PIPE, timeout=timeout,
            env={**_environment(), **(env or {})}, check=False,
        )  # fmt: skip
        if target:
            os.fsync(writing.fileno())
    if done.returncode:
        lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise Failed(f"{' '.join(command[:3])}: exit code {done.returncode}", "\n".join(lines[-15:]), done.returncode)


def run_through(command: list[str], timeout: float = 36000) -> None:
    """Run a program whose standard output becomes ours, byte for byte. Raise Failed when it ends badly."""
    done = subprocess.run(command, stderr=subprocess.PIPE, timeout=timeout, env=_environment(), check=False)
    if done.returncode:
        lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise Failed(f"{command[0]}: exit code {done.returncode}", "\n".join(lines[-15:]))


@contextmanager
def stream(command: list[str], cwd: Path | None = None, timeout: float = 7200) -> Iterator[IO[bytes]]:
    """Give a program's standard output to be read in passing. Raise Failed when it ends badly, once all was read.

    What it says on the side goes to a file: nobody reads a pipe meanwhile, and a full one would hold it up for ever.
    """
    with (
        tempfile.TemporaryFile() as aside,
        subprocess.Popen(command, cwd=cwd, stdout=subprocess.PIPE, stderr=aside, env=_environment()) as process,
    ):
        assert process.stdout
        watch = threading.Timer(timeout, process.kill)
        watch.start()
        try:
            yield process.stdout
            while process.stdout.read(2**20):
                continue
            process.wait()
        except BaseException:
            process.kill()
            raise
        finally:
            watch.cancel()
        aside.seek(max(0, aside.seek(0, os.SEEK_END) - 4096))
        said = aside.read().decode("utf-8", "replace")
    if process.returncode:
        raise Failed(f"{' '.join(command[:3])}: exit code {process.returncode}", said.strip(), process.returncode)


def parse(text: str) -> Any:
    """Return JSON that Docker wrote. Raise Failed when it is none."""
    try:
        return json.loads(text)
    except ValueError as error:
        raise Failed(f"docker wrote no JSON: {error}") from error


def compose(*arguments: str) -> list[str]:
    """Return a Compose command; run it in the folder of an instance, whose .env names project and files."""
    return ["docker", "compose", *arguments]


def up(recreate: bool) -> list[str]:
    """Return the command that brings an instance up and waits until every container is healthy."""
    return compose(
        "up", "--detach", "--wait", "--wait-timeout", "1200", "--remove-orphans", "--quiet-pull",
        *(["--force-recreate"] if recreate else []),
    )  # fmt: skip


def execute(container: str, command: list[str]) -> list[str]:
    """Return the command that runs another one inside a container."""
    return compose("exec", "-T", container, *command)


def containers() -> list[dict[str, Any]]:
    """Return Docker's own description of every Compose container, running or not; empty without Docker."""
    try:
        ids = run(["docker", "ps", "--all", "--quiet", "--filter", "label=com.docker.compose.project"]).split()
        return _inspect(ids) if ids else []
    except Failed:
        return []


def last_exit_code(identifier: str, seconds: int = 900) -> str:
    """Return the exit code of a container's last end within the last seconds, or "?" when none is known."""
    window = ["--since", f"{seconds}s", "--until", "0s"]
    which = ["--filter", "type=container", "--filter", "event=die", "--filter", f"container={identifier}"]
    try:
        ends = run(["docker", "events", *window, *which, "--format", '{{index .Actor.Attributes "exitCode"}}'])
    except Failed:
        return "?"
    return (ends.split() or ["?"])[-1]


def _inspect(ids: list[str]) -> list[dict[str, Any]]:
    """Inspect what is still there: a container may go between two calls."""
    try:
        found: list[dict[str, Any]] = json.loads(run(["docker", "inspect", *ids]))
        return found
    except Failed:
        one_by_one: list[dict[str, Any]] = []
        for identifier in ids:
            try:
                one_by_one += json.loads(run(["docker", "inspect", identifier]))
            except Failed:
                continue
        return one_by_one


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("DOCKER_HOST", "DOCKER_CONFIG") if name in os.environ}
    return {**ENVIRONMENT, **kept}
