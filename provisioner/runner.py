"""The only place on the controller that starts processes. Commands come in as lists, made in provisioner/commands/."""

import os
import subprocess
import threading
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, NoReturn

from provisioner.errors import ProvisionerError
from provisioner.i18n import _

LAST_LINES = 15


class Result(NamedTuple):
    """What a process that ended left behind. `stdout` is untouched, `stderr` is redacted."""

    stdout: str
    stderr: str
    code: int


def run(
    command: list[str],
    *,
    stdin: bytes | None = None,
    timeout: float | None = None,
    environment: Mapping[str, str] | None = None,
    secrets: Sequence[str] = (),
    check: bool = True,
) -> Result:
    """Given a command, run it to its end and return its Result. `environment` is added to our own.

    Raise ProvisionerError with the last lines of its stderr when it fails, takes longer than `timeout` seconds or does
    not exist. With check=False a failing command is returned like any other. No text ever shows one of `secrets`.
    """
    full = _environment(environment)
    try:
        done = subprocess.run(command, input=stdin or b"", capture_output=True, timeout=timeout, env=full, check=False)
    except subprocess.TimeoutExpired as error:
        raise _too_slow(command, timeout or 0, secrets) from error
    except OSError as error:
        raise _cannot_start(command, error) from error
    stderr = redact(done.stderr.decode(errors="replace"), secrets)
    result = Result(done.stdout.decode(errors="replace"), stderr, done.returncode)
    if check and result.code:
        raise _failed(command, result.code, stderr or redact(result.stdout, secrets), secrets)
    return result


def stream(
    command: list[str],
    *,
    timeout: float | None = None,
    environment: Mapping[str, str] | None = None,
    secrets: Sequence[str] = (),
) -> Iterator[str]:
    """Given a command, run it and yield each line of its output (both streams) as it comes, redacted.

    Raise ProvisionerError with the last lines when it fails, takes too long or does not exist. The process ends when
    the caller stops reading.
    """
    last: deque[str] = deque(maxlen=LAST_LINES)
    try:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env=_environment(environment),
        )  # fmt: skip
    except OSError as error:
        raise _cannot_start(command, error) from error
    late = threading.Event()
    alarm = threading.Timer(timeout or 0, _stop, (process, late))
    alarm.daemon = True
    if timeout:
        alarm.start()
    try:
        for raw in process.stdout or ():
            line = redact(raw.decode(errors="replace").rstrip("\r\n"), secrets)
            last.append(line)
            yield line
        process.wait()
    finally:
        alarm.cancel()
        if process.poll() is None:
            process.terminate()
            process.wait()
    if late.is_set():
        raise _too_slow(command, timeout or 0, secrets)
    if process.returncode:
        raise _failed(command, process.returncode, "\n".join(last), secrets)


def start_detached(command: list[str], log: Path) -> int:
    """Given a daemon's command and a log file, start it in a session of its own, to outlive us. Return its id."""
    log.parent.mkdir(parents=True, exist_ok=True)
    try:
        with log.open("ab") as output:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True, cwd="/"
            )
    except OSError as error:
        raise _cannot_start(command, error) from error
    return process.pid


def hand_over(command: list[str]) -> NoReturn:
    """Given a command a person talks to (a shell), become it. Raise ProvisionerError when it does not exist."""
    try:
        os.execvp(command[0], command)  # noqa: S606 - a list, no shell: the terminal belongs to the command from here
    except OSError as error:
        raise _cannot_start(command, error) from error


def redact(text: str, secrets: Sequence[str]) -> str:
    """Return the text with each secret hidden, the longest first so that none shines through another."""
    for secret in sorted((secret for secret in secrets if secret), key=len, reverse=True):
        text = text.replace(secret, "[REDACTED]")
    return text


def _stop(process: subprocess.Popen[bytes], late: threading.Event) -> None:
    late.set()
    process.kill()


def _environment(extra: Mapping[str, str] | None) -> dict[str, str] | None:
    return {**os.environ, **extra} if extra else None


def _show(command: list[str], secrets: Sequence[str]) -> str:
    text = redact(" ".join(command), secrets)
    return text if len(text) <= 120 else text[:117] + "..."


def _failed(command: list[str], code: int, output: str, secrets: Sequence[str]) -> ProvisionerError:
    message = _("this command failed with code {code}: {command}").format(code=code, command=_show(command, secrets))
    return ProvisionerError(message, "\n".join(output.strip().splitlines()[-LAST_LINES:]))


def _too_slow(command: list[str], timeout: float, secrets: Sequence[str]) -> ProvisionerError:
    text = _("this command did not end within {seconds:.0f} s and was stopped: {command}")
    return ProvisionerError(text.format(seconds=timeout, command=_show(command, secrets)))


def _cannot_start(command: list[str], error: OSError) -> ProvisionerError:
    text = _("the program '{program}' cannot be started: {reason}").format(program=command[0], reason=error.strerror)
    return ProvisionerError(text, _("Install it, or look at your PATH."))
