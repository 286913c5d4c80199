"""The whole text of /etc/ssh/sshd_config. No Include: auditors read this one file only, and so can a person."""

from provisioner.models.security import Level

# Hybrids with a post-quantum half. OpenSSH 9.2 (Debian 12) knows only the last one, which paramiko, by which we look at
# a host first, does not have: so curve25519 stays there, and at level minimal, for clients of before 2022.
HYBRIDS = {
    12: ("sntrup761x25519-sha512@openssh.com",),
    13: ("mlkem768x25519-sha256", "sntrup761x25519-sha512@openssh.com"),
}
CURVE = ("curve25519-sha256", "curve25519-sha256@libssh.org")
CIPHERS = ("aes256-gcm@openssh.com", "chacha20-poly1305@openssh.com", "aes128-gcm@openssh.com")
MACS = ("hmac-sha2-512-etm@openssh.com", "hmac-sha2-256-etm@openssh.com")
HOST_KEYS = ("ssh-ed25519", "rsa-sha2-512", "rsa-sha2-256")
USER_KEYS = (
    "sk-ssh-ed25519@openssh.com", "ssh-ed25519", "sk-ecdsa-sha2-nistp256@openssh.com",
    "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "rsa-sha2-512", "rsa-sha2-256",
)  # fmt: skip
# Accounts of programs: they have no shell and no key, and never will.
NEVER = ("bin", "daemon", "games", "lp", "mail", "man", "news", "nobody", "proxy", "sync", "sys", "uucp", "www-data")
HEAD = """\
# /etc/ssh/sshd_config, written by provisioner: it is replaced at the next apply, and there is no Include.
# Level: {level}. Sources: ANSSI BP-028 R68 and "OpenSSH secure use", CIS Debian 5.1, ssh-audit.
"""
# Level from which a line holds, keyword, value. Keys only, whatever the level.
LINES: tuple[tuple[Level, str, str], ...] = (
    ("minimal", "HostKey", "/etc/ssh/ssh_host_ed25519_key"),
    ("minimal", "HostKey", "/etc/ssh/ssh_host_rsa_key"),
    ("minimal", "PubkeyAuthentication", "yes"),
    ("minimal", "PasswordAuthentication", "no"),
    ("minimal", "KbdInteractiveAuthentication", "no"),
    ("minimal", "PermitEmptyPasswords", "no"),
    ("minimal", "HostbasedAuthentication", "no"),
    ("minimal", "GSSAPIAuthentication", "no"),
    ("minimal", "IgnoreRhosts", "yes"),
    ("minimal", "UsePAM", "yes"),
    ("minimal", "StrictModes", "yes"),
    ("minimal", "PermitUserEnvironment", "no"),
    ("minimal", "X11Forwarding", "no"),
    ("minimal", "AllowAgentForwarding", "no"),
    ("minimal", "PermitTunnel", "no"),
    ("minimal", "LogLevel", "VERBOSE"),
    ("minimal", "UseDNS", "no"),
    ("minimal", "LoginGraceTime", "60"),
    ("minimal", "MaxAuthTries", "3"),
    ("minimal", "MaxSessions", "2"),
    ("minimal", "MaxStartups", "10:30:60"),
    ("intermediary", "ClientAliveInterval", "300"),
    ("intermediary", "ClientAliveCountMax", "2"),
    ("intermediary", "TCPKeepAlive", "no"),
    ("intermediary", "Compression", "no"),
    ("intermediary", "AllowTcpForwarding", "no"),
    ("intermediary", "AllowStreamLocalForwarding", "no"),
    ("intermediary", "GatewayPorts", "no"),
    ("intermediary", "Banner", "/etc/issue.net"),
    ("intermediary", "DenyUsers", " ".join(NEVER)),
    ("minimal", "PrintMotd", "no"),
    ("minimal", "AcceptEnv", "LANG LC_*"),
    ("minimal", "Subsystem", "sftp internal-sftp"),
)
ORDER: tuple[Level, ...] = ("none", "minimal", "intermediary", "enhanced")


def sshd_config(level: Level, release: int, user: str) -> str:
    """Given a level other than "none", the Debian release (12 or 13) and the stack's SSH user, return sshd_config.

    Root may enter, with a key, only when the stack's user is root. Raise ValueError for "none" or another release.
    """
    if level == "none" or release not in HYBRIDS:
        raise ValueError(f"no sshd_config for level {level} on Debian {release}")
    exchanges = HYBRIDS[release] + (CURVE if release == 12 or level == "minimal" else ())
    algorithms = [
        ("KexAlgorithms", exchanges), ("Ciphers", CIPHERS), ("MACs", MACS),
        ("HostKeyAlgorithms", HOST_KEYS), ("PubkeyAcceptedAlgorithms", USER_KEYS),
    ]  # fmt: skip
    lines = [
        *(f"{keyword} {','.join(names)}" for keyword, names in algorithms),
        f"PermitRootLogin {'prohibit-password' if user == 'root' else 'no'}",
        *(f"{keyword} {value}" for least, keyword, value in LINES if ORDER.index(level) >= ORDER.index(least)),
    ]
    return HEAD.format(level=level) + "\n".join(lines) + "\n"
