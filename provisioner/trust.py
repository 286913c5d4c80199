"""The root certificate of a host's own authority: what it is called, what it looks like, how each system trusts it."""

import hashlib
import os
import ssl
import sys
from dataclasses import dataclass
from pathlib import Path

from provisioner import runner
from provisioner.bundle import Bundle
from provisioner.errors import InputError, ProvisionerError
from provisioner.i18n import N_, _
from provisioner.outside import fetch_authority

STORE = Path("/usr/local/share/ca-certificates")
BUNDLE = Path("/etc/ssl/certs/ca-certificates.crt")
UPDATE = "update-ca-certificates"
# System, and what a person does there with the file {file}. The name people see in lists is Caddy's own.
SYSTEMS = (
    ("Windows", N_("Double-click {file}, Install Certificate, Local Machine, then choose the store « Trusted Root "
                   "Certification Authorities ».")),
    ("macOS", N_("Double-click {file}: the Keychain opens. Put it into « System », open it there, and choose Trust: "
                 "Always Trust.")),
    ("Debian, Ubuntu", N_("sudo cp {file} /usr/local/share/ca-certificates/ && sudo update-ca-certificates "
                          "(here: provisioner trust --install).")),
    ("Firefox", N_("Settings, Privacy & Security, Certificates, View Certificates, Authorities, Import {file}, tick "
                   "« identify websites ». On Windows and macOS it follows the system by itself.")),
    ("Chrome, Chromium (Linux)", N_("Settings, Privacy and security, Security, Manage certificates, Authorities, "
                                    "Import {file}.")),
    ("Android", N_("Send yourself {file}. Settings, Security, More, Encryption & credentials, Install a certificate, "
                   "CA certificate. Some programs still refuse it.")),
    ("iPhone, iPad", N_("Send yourself {file} and open it. Settings, Profile downloaded, Install. Then General, About, "
                        "Certificate Trust Settings: switch it on.")),
)  # fmt: skip


@dataclass(frozen=True)
class Authority:
    """A root certificate: its file name without folder, its text, and its SHA-256 as browsers show it."""

    file: str
    pem: str
    fingerprint: str


def authority_of(bundle: Bundle) -> Authority:
    """Fetch the root certificate of a stack's host over SSH, where the host's key is pinned.

    Raise InputError for a stack with public certificates, ProvisionerError when the host has none or is out of reach.
    """
    if bundle.stack.certificates != "internal":
        message = _("{path} has public certificates: every browser trusts them already").format(path=bundle.path)
        raise InputError(message, hint=_("This command is for `certificates: internal`, in a lab or a local network."))
    pem = fetch_authority(bundle)
    return Authority(f"{bundle.stack.association.id}.crt", pem, fingerprint(pem))


def fingerprint(pem: str) -> str:
    """Return the SHA-256 of a certificate in pairs, as browsers and systems show it.

    Raise ProvisionerError unless the text is one certificate: of a second one nobody would compare the fingerprint.
    """
    try:
        if pem.count("-----BEGIN") != 1:
            raise ValueError("-----BEGIN")
        data = ssl.PEM_cert_to_DER_cert(pem.strip())
    except ValueError as error:
        raise ProvisionerError(_("what the host gave is no certificate: {reason}").format(reason=error)) from error
    digest = hashlib.sha256(data).hexdigest().upper()
    return ":".join(digest[place : place + 2] for place in range(0, len(digest), 2))


def save(authority: Authority, target: Path) -> Path:
    """Write the certificate to a file, or into a folder under its own name, and return where. Raise InputError."""
    path = target / authority.file if target.is_dir() else target
    try:
        path.write_text(authority.pem, "ascii")
    except OSError as error:
        raise InputError(_("{path} cannot be written: {reason}").format(path=path, reason=error.strerror)) from error
    return path


def stored(authority: Authority) -> Path:
    """Return where this machine keeps the certificate once it trusts it."""
    return STORE / f"provisioner-{authority.file}"


def install(authority: Authority) -> bool:
    """Make this Debian trust the certificate, also where an earlier try was cut off. Return whether that was new.

    Raise ProvisionerError.
    """
    _need_debian_and_root("--install")
    path = stored(authority)
    kept = path.read_text("ascii") if path.is_file() else ""
    if kept == authority.pem and authority.pem.strip() in (BUNDLE.read_text("utf-8") if BUNDLE.is_file() else ""):
        return False
    path.write_text(authority.pem, "ascii")
    path.chmod(0o644)
    runner.run([UPDATE, "--fresh"], timeout=120)
    return True


def uninstall(authority_file: str) -> bool:
    """Make this Debian no longer trust the certificate. Return whether it did. Raise ProvisionerError.

    Under its other name, which no program reads, the file says that the list of all certificates must be made anew.
    """
    _need_debian_and_root("--remove")
    path = STORE / f"provisioner-{authority_file}"
    leaving = path.with_suffix(".removed")
    if path.is_file():
        path.replace(leaving)
    elif not leaving.is_file():
        return False
    runner.run([UPDATE, "--fresh"], timeout=120)
    leaving.unlink()
    return True


def _need_debian_and_root(option: str) -> None:
    if not STORE.is_dir() or not Path(f"/usr/sbin/{UPDATE}").is_file():
        message = _("this system keeps its certificates elsewhere than Debian does")
        raise ProvisionerError(message, _("Save the file (--save) and follow what is said for your system."))
    if os.geteuid() != 0:
        message = _("only root may change whom this whole system trusts")
        # sudo looks for programs in few folders, and pipx puts ours elsewhere.
        line = f"sudo {Path(sys.argv[0]).absolute()} trust {option}"
        hint = _("Run it again with sudo, naming the same stack: {line} (root then needs the key at `host: key` in "
                 "stack.yaml). Or, as you are: provisioner trust --save, and what it says for Debian.")  # fmt: skip
        raise ProvisionerError(message, hint.format(line=line))
