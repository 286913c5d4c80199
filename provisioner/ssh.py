"""Look at a host over SSH before anything is done there, so that each way to fail has its own words and way out."""

import base64
import hashlib
import logging
import shlex
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from provisioner.errors import ProvisionerError
from provisioner.explain import read_problem
from provisioner.i18n import _
from provisioner.models.stack import Host
from provisioner.wishes import READ

if TYPE_CHECKING:
    import paramiko

LOOK = (
    "cat /etc/os-release; echo UID=$(id -u); echo SSH=$SSH_CONNECTION; python3 --version 2>&1; "
    "sudo -n true 2>/dev/null && echo SUDO=yes; "
    f"if [ $(id -u) = 0 ]; then python3 -c {shlex.quote(READ)}; else sudo -n python3 -c {shlex.quote(READ)}; fi 2>&1; "
    "true"
)


@dataclass(frozen=True)
class Facts:
    """What a look at the host told. `source` and `ssh_port`: our address, and the port we came by, as it sees them.

    `wishes`: what each association on it wishes of the host, as JSON (see wishes.py).
    """

    debian_release: int
    root: bool
    source: str = ""
    ssh_port: int = 22
    wishes: str = ""


def look(host: Host, known_hosts: Path, key: str) -> Facts:
    """Given a host, its pinned keys and our key, return its Facts.

    Raise ProvisionerError when it cannot be reached, its key changed or is unknown, ours is refused, or it is no
    Debian 12 or 13 with Python and root rights.
    """
    client = connect(host, known_hosts, key)
    try:
        _stdin, stdout, _stderr = client.exec_command(LOOK, timeout=30)
        text = stdout.read().decode("utf-8", "replace")
    finally:
        client.close()
    return judge(host, text)


def judge(host: Host, text: str) -> Facts:
    """Given what the host answered, return its Facts or raise ProvisionerError. Pure."""
    values = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
    release = values.get("VERSION_ID", "").strip('"')
    if values.get("ID", "") != "debian" or release not in ("12", "13"):
        name = values.get("PRETTY_NAME", _("an unknown system")).strip('"')
        message = _("host {host} runs {system}; only Debian 12 and 13 are supported").format(
            host=host.name, system=name
        )
        raise ProvisionerError(message, _("Install Debian 13 there, or choose another host in stack.yaml."))
    if "Python 3" not in text:
        message = _("host {host} has no Python").format(host=host.name)
        raise ProvisionerError(message, _("On the host: apt-get install python3"))
    root = values.get("UID") == "0"
    if not root and values.get("SUDO") != "yes":
        message = _("user {user} on host {host} may not become root without a password")
        hint = _(
            "Use root in stack.yaml (host: user), or allow it: '{user} ALL=(ALL) NOPASSWD: ALL' in /etc/sudoers.d/"
        )
        raise ProvisionerError(message.format(user=host.user, host=host.name), hint.format(user=host.user))
    if "WISHES" not in values:
        message = _("host {host} cannot tell what its associations wish of it: {reason}")
        raise ProvisionerError(message.format(host=host.name, reason=text.strip().rpartition("\n")[2][-200:] or "-"))
    source, _theirs, _address, port = (values.get("SSH", "").split() + [""] * 4)[:4]
    return Facts(int(release), root, source, int(port) if port.isdigit() else host.port, values["WISHES"])


def connect(host: Host, known_hosts: Path, key: str) -> "paramiko.SSHClient":
    """Return an open SSH connection. Raise ProvisionerError, each cause with its own way out."""
    import paramiko

    _quiet()
    client = paramiko.SSHClient()
    if known_hosts.is_file():
        client.load_host_keys(str(known_hosts))
    client.set_missing_host_key_policy(_refuse_unknown(host, known_hosts))
    where = f"{host.user}@{host.address}:{host.port}"
    try:
        client.connect(
            host.address, host.port, host.user, key_filename=key or None, timeout=15, banner_timeout=15,
            auth_timeout=15, allow_agent=not key, look_for_keys=not key,
        )  # fmt: skip
    except paramiko.BadHostKeyException as error:
        message = _("the key of host {host} has CHANGED: pinned {old}, now {new}").format(
            host=host.name, old=fingerprint(error.expected_key), new=fingerprint(error.key)
        )
        hint = _("Somebody may stand in between. If the host was really reinstalled, remove its line from {file}.")
        raise ProvisionerError(message, hint.format(file=known_hosts)) from error
    except paramiko.AuthenticationException as error:
        message = _("host {host} refuses our key ({where})").format(host=host.name, where=where)
        hint = _(
            "Put your public key there: ssh-copy-id -p {port} {user}@{address}, or name the right key in stack.yaml."
        )
        raise ProvisionerError(message, hint.format(port=host.port, user=host.user, address=host.address)) from error
    except FileNotFoundError as error:
        raise ProvisionerError(_("there is no SSH key at {path}").format(path=key), _("Correct host: key.")) from error
    except (OSError, paramiko.SSHException, EOFError) as error:
        message = _("host {host} cannot be reached at {where}: {reason}")
        reason = _why(error)
        hint = _(
            "Is it on, is SSH running, and are address and port right in stack.yaml? Try: ssh -p {port} {user}@{a}"
        )
        hint = hint.format(port=host.port, user=host.user, a=host.address)
        raise ProvisionerError(message.format(host=host.name, where=where, reason=reason), hint) from error
    return client


def _quiet() -> None:
    """Keep paramiko from printing what it also raises: its thread would put a traceback before our sentence."""
    logging.getLogger("paramiko").setLevel(logging.CRITICAL)


def _why(error: Exception) -> str:
    """Return why a host was not reached, in the language in use for the usual reasons."""
    if isinstance(error, socket.gaierror):
        return _("no such name")
    inner = getattr(error, "errors", None)  # paramiko's own, over one error for each address that was tried
    if isinstance(inner, dict) and inner:
        error = next(iter(inner.values()))
    return read_problem(error) or type(error).__name__


def pin_host_key(host: Host, known_hosts: Path) -> str:
    """Fetch the host's key, write it to known_hosts where the host is not pinned yet, and return its fingerprint."""
    import paramiko

    _quiet()
    keys = paramiko.HostKeys(str(known_hosts)) if known_hosts.is_file() else paramiko.HostKeys()
    name = host.address if host.port == 22 else f"[{host.address}]:{host.port}"
    pinned = keys.lookup(name)
    if pinned:
        return ", ".join(fingerprint(key) for key in pinned.values())
    try:
        with socket.create_connection((host.address, host.port), timeout=15) as plain:
            transport = paramiko.Transport(plain)
            transport.start_client(timeout=15)
            found = transport.get_remote_server_key()
            transport.close()
    except (OSError, paramiko.SSHException, EOFError) as error:
        message = _("host {host} cannot be reached at {where}: {reason}")
        where = f"{host.address}:{host.port}"
        raise ProvisionerError(message.format(host=host.name, where=where, reason=_why(error))) from error
    keys.add(name, found.get_name(), found)
    keys.save(str(known_hosts))
    return fingerprint(found)


def fingerprint(key: "paramiko.PKey") -> str:
    """Return the SHA-256 fingerprint of a key as ssh-keygen prints it."""
    digest = base64.b64encode(hashlib.sha256(key.asbytes()).digest()).decode().rstrip("=")
    return f"{key.get_name()} SHA256:{digest}"


def _refuse_unknown(host: Host, known_hosts: Path) -> "paramiko.MissingHostKeyPolicy":
    """Return a policy that refuses a host whose key nobody has pinned, and says how to pin it."""
    import paramiko

    class Unknown(paramiko.MissingHostKeyPolicy):
        def missing_host_key(self, client: paramiko.SSHClient, hostname: str, key: paramiko.PKey) -> None:
            message = _("the key of host {host} is not pinned yet: {fingerprint}")
            hint = _("Compare it with what your provider shows, then: ssh-keyscan -p {port} {address} >> {file}")
            hint = hint.format(port=host.port, address=host.address, file=known_hosts)
            raise ProvisionerError(message.format(host=host.name, fingerprint=fingerprint(key)), hint)

    return Unknown()
