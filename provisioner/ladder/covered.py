"""Judge what an instance's containers wrote: every persistent path is in the backup, or a waiver says why. Pure."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from provisioner.hardening import WRITTEN
from provisioner.i18n import _
from provisioner.ladder.running import Config
from provisioner.models.service import Backup

# The engine's own places in every container; most are no lines of `docker diff`, depending on image and engine.
ENGINE = (
    "/dev", "/proc", "/sys", "/etc/hostname", "/etc/hosts", "/etc/mtab", "/etc/resolv.conf", "/.dockerenv",
    "/sbin/docker-init",
)  # fmt: skip
SHOWN = 5

# What a database server writes into its volume: anything else there is in no dump. Relative paths, whole.
_ROW = r"(?:t\d+_)?\d+(?:_fsm|_vm|_init)?(?:\.\d+)?|PG_VERSION|pg_control|pg_filenode\.map|pg_internal\.init(?:\.\d+)?"
_OWN = "wal|xact|multixact|subtrans|stat|stat_tmp|logical|notify|commit_ts|dynshmem|replslot|serial|snapshots|twophase"
DATABASE_FILES = {
    "PostgreSQL": re.compile(
        rf"(?:[\w.-]+/){{0,2}}(?:(?:global|base/\d+)/(?:{_ROW})|base/pgsql_tmp/.+|pg_(?:{_OWN})/.+|PG_VERSION"
        r"|pg_(?:hba|ident)\.conf|postgresql(?:\.auto)?\.conf|postmaster\.(?:opts|pid)|current_logfiles|log/[^/]+\.log)"
    ),
    "MariaDB, MySQL": re.compile(
        r"[^/]+/[^/]+\.(?:ibd|frm|MYD|MYI|MAD|MAI|CSM|CSV|opt|par|TRG|TRN|sdi|isl)|ibdata\d+|ib_logfile\d+|ibtmp\d+"
        r"|ib_buffer_pool|aria_log(?:_control|\.\d+)|undo_?\d+|[^/]+\.(?:err|pid|pem)|ddl_recovery[\w-]*\.log|tc\.log"
        r"|multi-master\.info|(?:mysql|mariadb)_upgrade_info|\.my-healthcheck\.cnf|auto\.cnf|mysql\.ibd"
        r"|(?:[\w-]+-bin|binlog)\.(?:\d+|index|state)|#innodb_\w+/[^/]+|#ib_[^/]+\.dblwr"
    ),
    "SQLite": re.compile(r".+\.(?:sqlite3?|db3?)(?:-wal|-shm|-journal)?"),
}


class Trace(NamedTuple):
    """What a host tells of an instance after the probe wrote.

    `containers` as `docker inspect` tells them; `changes`: container's Id -> lines of `docker diff`; `files`: name of a
    volume as the engine knows it -> its files, each with the second of its last change; `since`: when the probe began.
    """

    instance: str
    containers: list[Config]
    changes: dict[str, list[str]]
    files: dict[str, dict[str, float]]
    since: float

    def written(self, volume: str) -> list[str]:
        """Return the files of a volume that were made or changed since the probe began."""
        return sorted(path for path, changed in self.files.get(volume, {}).items() if changed >= self.since)


class _Place(NamedTuple):
    """Something that stays: where it is in which container, and what is wrong with it. Without a path: no waiver."""

    container: str
    path: str
    wrong: str


def uncovered(trace: Trace, backup: Backup, waivers: dict[str, str]) -> list[str]:
    """Return a text for each persistent path that no backup covers and no waiver explains, and for idle waivers.

    A waiver is `container.written:/path`; it holds for the path and all below.
    """
    asked = {key: key.split(WRITTEN, 1) for key in waivers if WRITTEN in key}
    used, left = set(), []
    for place in _places(trace, backup):
        keys = {key for key, (name, path) in asked.items() if name == place.container and _within(place.path, path)}
        used |= keys
        if not keys:
            left.append(place)
    found = list(_folded(left))
    found += [_("waiver {key} is idle: nothing of it was written").format(key=key) for key in sorted({*asked} - used)]
    kept = {*backup.volumes, *(volume for dump in backup.dumps.values() for volume in dump.covers)}
    if kept and not any(trace.written(name) for name in trace.files if _short(trace, name) in kept):
        found.append(_("what the probe wrote is in no volume that the backup keeps"))
    return found


def told(trace: Trace, backup: Backup) -> str:
    """Return, for each volume, how many files the probe made or changed there and how the backup has them."""
    parts = []
    for name in sorted(trace.files):
        volume = _short(trace, name)
        dump = next((dump for dump, value in backup.dumps.items() if volume in value.covers), "")
        how = _("dumped: {dump}").format(dump=dump) if dump else _("kept")
        if volume in backup.not_kept:
            how = _("not kept: {reason}").format(reason=backup.not_kept[volume])
        count = len(trace.written(name))
        parts.append(_("{volume}: {count} files written, {how}").format(volume=volume, count=count, how=how))
    return "; ".join(parts)


def _places(trace: Trace, backup: Backup) -> Iterator[_Place]:
    dumped = {volume: dump.in_ for dump in backup.dumps.values() for volume in dump.covers}
    for container in trace.containers:
        name = container["Config"]["Labels"]["com.docker.compose.service"]
        tmpfs = container["HostConfig"].get("Tmpfs") or {}
        mounts = {*(mount["Destination"] for mount in container["Mounts"]), *tmpfs}
        for path in _overlay(trace.changes.get(container["Id"], []), {*mounts, *ENGINE}):
            yield _Place(name, path, _("written inside the container: lost when it is made anew"))
        for mount in container["Mounts"]:
            path = mount["Destination"]
            if mount["Type"] == "bind" and mount["RW"]:
                yield _Place(name, path, _("a folder of the host that the container may write"))
            elif mount["Type"] == "volume" and not _short(trace, mount["Name"]):
                text = _("{path}: a volume without a name of its own: mount a volume of compose.yaml there, or a tmpfs")
                yield _Place(name, "", text.format(path=path))
            elif mount["Type"] == "volume":
                yield from _volume(trace, backup, dumped, name, mount, mounts)


def _volume(
    trace: Trace, backup: Backup, dumped: dict[str, str], container: str, mount: Config, mounts: set[str]
) -> Iterator[_Place]:
    """Tell what is wrong with a named volume that a container mounts."""
    volume, path = _short(trace, mount["Name"]), mount["Destination"].rstrip("/")
    if volume in backup.volumes or volume in backup.not_kept:
        return
    if volume not in dumped:
        files = ", ".join(trace.written(mount["Name"])[:SHOWN]) or "-"
        text = _("no backup covers volume {volume}; the probe wrote there: {files}")
        yield _Place(container, path, text.format(volume=volume, files=files))
    elif container != dumped[volume]:
        if mount["RW"]:
            text = _("may write volume {volume}, of which only a dump of container {other} is kept")
            yield _Place(container, path, text.format(volume=volume, other=dumped[volume]))
    else:
        text = _("no file of a database, in volume {volume} of which only a dump is kept").format(volume=volume)
        for file in sorted(trace.files.get(mount["Name"], {})):
            if f"{path}/{file}" not in mounts and not any(rule.fullmatch(file) for rule in DATABASE_FILES.values()):
                yield _Place(container, f"{path}/{file}", text)


def _overlay(lines: Iterable[str], mounts: set[str]) -> Iterator[str]:
    """Given lines of `docker diff`, return what changed outside mounts: of a new folder its own path only."""
    kinds = {line[2:]: line[0] for line in lines if re.match("[ACD] /", line)}
    kinds = {path: kind for path, kind in kinds.items() if not any(_within(path, mount) for mount in mounts)}
    ways = {path for path in kinds if any(_within(mount, path) for mount in mounts)}
    parents = {path.rpartition("/")[0] for path in kinds}
    for path, kind in sorted(kinds.items()):
        above = path.rpartition("/")[0]
        told_above = kinds.get(above) == "A" and above not in ways
        if path not in ways and not told_above and not (kind == "C" and path in parents):
            yield path


def _folded(places: list[_Place]) -> Iterator[str]:
    """Give one text for all places of a container with the same fault, some of them named."""
    groups: dict[tuple[str, str], list[str]] = {}
    for place in places:
        groups.setdefault((place.container, place.wrong), []).append(place.path)
    for (container, wrong), paths in groups.items():
        named = ", ".join(path for path in paths[:SHOWN] if path)
        more = f", ... ({len(paths)})" if len(paths) > SHOWN else ""
        yield f"{container}: {named}{more}: {wrong}" if named else f"{container}: {wrong}"


def _within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def _short(trace: Trace, volume: str) -> str:
    """Return a volume's name in compose.yaml, without instance and generation; "" when it is none of the instance."""
    prefix = f"{trace.instance}_"
    return volume.removeprefix(prefix).partition(".")[0] if volume.startswith(prefix) else ""
