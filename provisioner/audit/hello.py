"""Ask a server for one old version of TLS by hand: our own library may no longer speak it, but the server's might."""

import os
import socket
import struct

VERSIONS = {"SSL 3.0": 0x0300, "TLS 1.0": 0x0301, "TLS 1.1": 0x0302}
# What a client of that time offered: ECDHE and RSA, AES and 3DES, all with SHA-1.
CIPHERS = (0xC00A, 0xC009, 0xC014, 0xC013, 0x0039, 0x0033, 0x0035, 0x002F, 0x000A, 0x00FF)
HANDSHAKE, SERVER_HELLO = 22, 2


def client_hello(domain: str, version: int) -> bytes:
    """Return the first message of a client that speaks this version and none above (RFC 2246, 6066)."""
    name = domain.encode("idna")
    server_name = struct.pack(">HBH", len(name) + 3, 0, len(name)) + name
    groups = struct.pack(">HHHHH", 8, 23, 24, 25, 29)
    extensions = b"".join(
        struct.pack(">HH", kind, len(data)) + data for kind, data in ((0, server_name), (10, groups), (11, b"\x01\x00"))
    )
    ciphers = b"".join(struct.pack(">H", each) for each in CIPHERS)
    body = (
        struct.pack(">H", version) + os.urandom(32) + b"\x00" + struct.pack(">H", len(ciphers)) + ciphers + b"\x01\x00"
    )
    body += struct.pack(">H", len(extensions)) + extensions if version > VERSIONS["SSL 3.0"] else b""
    message = b"\x01" + struct.pack(">I", len(body))[1:] + body
    return struct.pack(">BHH", HANDSHAKE, min(version, 0x0301), len(message)) + message


def accepts(address: str, port: int, domain: str, version: int, timeout: float = 10) -> bool:
    """Say whether the server goes on with this version. Raise OSError when it cannot be reached at all."""
    with socket.create_connection((address, port), timeout=timeout) as plain:
        try:
            plain.sendall(client_hello(domain, version))
            answer = b""
            while len(answer) < 11 and (more := plain.recv(64)):
                answer += more
        except OSError:  # cut off: refused
            return False
    return chosen(answer) == version


def chosen(answer: bytes) -> int:
    """Return the version that the server chose in its first words; 0 when it refused. Pure."""
    if len(answer) < 11 or answer[0] != HANDSHAKE or answer[5] != SERVER_HELLO:
        return 0
    return int.from_bytes(answer[9:11], "big")
