"""Ask the host program over SSH: the same program that apply ships and that timers call."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import IO, Any, cast

from provisioner.apply import by_host
from provisioner.bundle import Bundle
from provisioner.errors import ProvisionerError
from provisioner.i18n import _
from provisioner.ssh import connect

PROGRAM = "/usr/local/lib/provisioner/host.pyz"


def ask(bundle: Bundle, command: str, request: dict[str, Any], timeout: float = 900) -> dict[str, Any]:
    """Given a stack, a command of the host program and its request, return the answer.

    Raise ProvisionerError when the host cannot be reached or has no host program yet.
    """
    output, error, code = execute(bundle, f"python3 {PROGRAM} {command}", json.dumps(request), timeout)
    if code:
        if "No such file" in error:
            message = _("host {host} has not been set up yet").format(host=bundle.stack.host.name)
            raise ProvisionerError(message, _("Set it up: provisioner apply {path}").format(path=bundle.path))
        message = _("the host program failed on {host}: {reason}")
        reason = (error or output).strip().splitlines()[-1:] or [f"exit code {code}"]
        raise ProvisionerError(message.format(host=bundle.stack.host.name, reason=reason[0]))
    answer: dict[str, Any] = json.loads(output)
    return answer


def execute(bundle: Bundle, command: str, stdin: str = "", timeout: float = 900) -> tuple[str, str, int]:
    """Run a command as root on the stack's host and return (output, error output, exit code).

    Raise ProvisionerError when the host cannot be reached, gives no answer in time, or goes away in the middle.
    """
    from paramiko import SSHException

    host = bundle.stack.host
    key = str(bundle.beside(host.key)) if host.key else ""
    client = connect(host, bundle.beside(host.known_hosts), key)
    try:
        prefix = "" if host.user == "root" else "sudo -n "
        channel_in, channel_out, channel_error = client.exec_command(prefix + command, timeout=timeout)
        channel_in.write(stdin)
        channel_in.channel.shutdown_write()
        with ThreadPoolExecutor(1) as pool:
            error = pool.submit(channel_error.read)
            output = channel_out.read().decode("utf-8", "replace")
            return output, error.result().decode("utf-8", "replace"), channel_out.channel.recv_exit_status()
    except TimeoutError as failure:
        message = _("host {host} gave no answer within {seconds} s").format(host=host.name, seconds=int(timeout))
        raise ProvisionerError(message) from failure
    except (OSError, EOFError, SSHException) as failure:  # it answered, and went away in the middle
        message = _("the connection to host {host} broke: {reason}")
        raise ProvisionerError(message.format(host=host.name, reason=failure or type(failure).__name__)) from failure
    finally:
        client.close()


@contextmanager
def opened(bundle: Bundle, command: str, stdin: str) -> Iterator[tuple[IO[bytes], Callable[[], tuple[str, int]]]]:
    """Run a command as root on the stack's host; give its output as a stream and, once read, its end.

    The end is a function that returns (error output, exit code). For output too large or too secret to be kept.
    """
    host = bundle.stack.host
    client = connect(host, bundle.beside(host.known_hosts), str(bundle.beside(host.key)) if host.key else "")
    try:
        prefix = "" if host.user == "root" else "sudo -n "
        channel_in, channel_out, channel_error = client.exec_command(prefix + command)
        channel_in.write(stdin)
        channel_in.channel.shutdown_write()
        yield (
            cast("IO[bytes]", channel_out),
            lambda: (channel_error.read().decode("utf-8", "replace"), channel_out.channel.recv_exit_status()),
        )
    finally:
        client.close()


def ask_all(
    bundles: list[Bundle], command: str, request: dict[str, Any]
) -> tuple[dict[str, dict[str, Any]], dict[str, ProvisionerError]]:
    """Ask every host of the stacks side by side. Return host -> answer and host -> what went wrong."""
    groups = by_host(bundles)

    def one(host: str) -> dict[str, Any] | ProvisionerError:
        associations = [bundle.stack.association.id for bundle in groups[host]]
        try:
            return ask(groups[host][0], command, {"associations": associations, **request})
        except ProvisionerError as error:
            return error

    with ThreadPoolExecutor(max_workers=10) as pool:
        found = dict(zip(groups, pool.map(one, groups), strict=True))
    answers = {host: value for host, value in found.items() if isinstance(value, dict)}
    return answers, {host: value for host, value in found.items() if isinstance(value, ProvisionerError)}
