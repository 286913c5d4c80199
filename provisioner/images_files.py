"""Files of an image that no host should have to hold: owned by a number without an account, or open to everyone.

Packages of npm and archives unpacked as root keep the owners of whoever made them. On a host such files count as the
host's own: an auditor finds them, and an account that is made later may come to own them.
"""

import tarfile
from collections.abc import Iterator
from typing import IO, cast

from provisioner.errors import ProvisionerError
from provisioner.i18n import _

SHOWN = 5


def require_fit(reference: str) -> None:
    """Given a local image, raise ProvisionerError naming its first unfit files when it has any.

    It is read in passing from a container that never starts, so an image without a shell is read too.
    """
    found = read_unfit(reference)
    if found:
        text = _("files in {image} belong to no account of it, or anyone may write to them ({count})")
        shown = "\n".join(found[:SHOWN] + ["..."] * (len(found) > SHOWN))
        way = _("In its Dockerfile: chown -Rh 0:0 and chmod -R go-w; useradd for the user of the application.")
        raise ProvisionerError(text.format(image=reference, count=len(found)), f"{shown}\n{way}")


def read_unfit(reference: str) -> list[str]:
    """Given a local image, return its unfit files as `unfit` does. ProvisionerError when the engine cannot read it."""
    import docker
    from docker.errors import DockerException

    try:
        client = docker.from_env(timeout=600)
        try:
            container = client.containers.create(reference, ["true"])
            try:
                stream = cast(IO[bytes], _Stream(cast(Iterator[bytes], container.export())))
                with tarfile.open(fileobj=stream, mode="r|") as archive:
                    return unfit(archive)
            finally:
                container.remove(v=True, force=True)
        finally:
            client.close()
    except (DockerException, OSError, tarfile.TarError) as error:
        text = _("the files of {image} cannot be read: {reason}")
        raise ProvisionerError(text.format(image=reference, reason=error)) from error


def unfit(archive: tarfile.TarFile) -> list[str]:
    """Given the tar of an image's files, return the unfit ones as "path (owner 501:20)" or "path (mode 0777)", sorted.

    Unfit: its user or group is not in the image's own /etc/passwd or /etc/group; or anyone may write to it, and it is
    no folder of root's with the sticky bit. Devices and the mode of links say nothing.
    """
    users, groups = {0}, {0}
    owned: list[tuple[str, int, int]] = []
    found: list[str] = []
    for member in archive:
        path = "/" + member.name.strip("/")
        if path in ("/etc/passwd", "/etc/group") and member.isreg():
            (users if path == "/etc/passwd" else groups).update(_numbers(archive, member))
        if not member.isdev():
            owned += [(path, member.uid, member.gid)] if member.uid or member.gid else []
            shared = member.isdir() and member.mode & 0o1000 and not member.uid
            if member.mode & 0o002 and not shared and not member.issym():
                found.append(f"{path} (mode {member.mode & 0o7777:04o})")
    found += [
        f"{path} (owner {user}:{group})" for path, user, group in owned if not (user in users and group in groups)
    ]
    return sorted(found)


def _numbers(archive: tarfile.TarFile, member: tarfile.TarInfo) -> Iterator[int]:
    """Yield the numbers in /etc/passwd or /etc/group: their third field."""
    stream = archive.extractfile(member)
    for line in (stream.read() if stream else b"").decode("utf-8", "replace").splitlines():
        fields = line.split(":")
        if len(fields) > 2 and fields[2].isdigit():
            yield int(fields[2])


class _Stream:
    """The pieces that the engine sends, as something to read from."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._rest = pieces, b""

    def read(self, size: int) -> bytes:
        """Return the next bytes, at most `size`; none at the end."""
        while len(self._rest) < size and (piece := next(self._pieces, b"")):
            self._rest += piece
        answer, self._rest = self._rest[:size], self._rest[size:]
        return answer
