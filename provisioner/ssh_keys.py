"""SSH keys of our own: ed25519, as OpenSSH writes them, or as the 64 hexadecimal digits they are made from."""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


def new_ssh_key() -> str:
    """Return a new ed25519 private key as OpenSSH writes it."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return _private_text(Ed25519PrivateKey.generate())


def ssh_public(private: str, comment: str) -> str:
    """Given a private key as OpenSSH writes it, return the line for authorized_keys."""
    from cryptography.hazmat.primitives import serialization

    key = serialization.load_ssh_private_key(private.encode(), None).public_key()
    line = key.public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH).decode()
    return f"{line} {comment}"


def ssh_seed(private: str) -> str:
    """Given a private key as OpenSSH writes it, return the 64 hexadecimal digits it is made from, short to type."""
    from cryptography.hazmat.primitives import serialization

    key = serialization.load_ssh_private_key(private.encode(), None)
    raw = serialization.Encoding.Raw, serialization.PrivateFormat.Raw, serialization.NoEncryption()
    seed: bytes = key.private_bytes(*raw)
    return seed.hex()


def ssh_private(text: str) -> str:
    """Given a private key or its 64 hexadecimal digits, return the key as OpenSSH writes it. Empty stays empty."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    if not re.fullmatch(r"[0-9a-f]{64}", text):
        return text
    return _private_text(Ed25519PrivateKey.from_private_bytes(bytes.fromhex(text)))


def _private_text(key: "Ed25519PrivateKey") -> str:
    from cryptography.hazmat.primitives import serialization as form

    written: bytes = key.private_bytes(form.Encoding.PEM, form.PrivateFormat.OpenSSH, form.NoEncryption())
    return written.decode()
