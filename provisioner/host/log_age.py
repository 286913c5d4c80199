"""How old the oldest entry of every log on this host is; and the cutting of logs that know no limit of age.

The journal, logrotate and the proxy's log of sign-ins have limits. The logs of containers only have one of size: that
of a quiet container would stay for years, so that the timer cuts them.
"""

from __future__ import annotations

import gzip
import itertools
import json
import math
import os
import re
import struct
import time
import zlib
from calendar import timegm
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, cast

from . import docker, layout
from .clock import DAY

LEAST, A_YEAR = 183, 366  # as in the stack's block `security`: CNIL's six months; a law's year for hosts of content
MOST = 2000  # files looked at in one folder of logs
HEAD = 4096
ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:T| {1,2})(\d\d):(\d\d):(\d\d)")
EPOCH = re.compile(r'(?:"ts":|audit\()(\d{9,10})(?:\.\d+)?')
SYSLOG = re.compile(r"^([A-Z][a-z]{2}) ([ \d]\d) (\d\d):(\d\d):(\d\d) ", re.MULTILINE)
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
LOGINS = ("wtmp", "btmp")
TROUBLE = (OSError, EOFError, ValueError, zlib.error)  # a log that cannot be read says nothing
RECORD, SECONDS = 384, 340  # of wtmp: size of one, and where its time is
NO_LOGS = ("journal", "private", "sysstat", "installer")
# In volumes: what is called a log. Databases' own files of that name are no logs of people.
VOLUME_LOGS = ("*.log", "*.log.*", "*_log", "access*log*")


def allowed() -> int:
    """Return for how many days this host keeps logs: the least that its associations wish, but a law's year wins."""
    found = []
    for path in sorted((layout.state_root() / "wishes").glob("*.json")):
        days = layout.read_json(path, {}).get("log_days")
        if isinstance(days, int) and any((layout.root() / "instances").glob(f"{path.stem}_*")):
            found.append(days)
    if not found:
        return LEAST
    return max(found) if max(found) >= A_YEAR else min(found)


def measure(now: float) -> dict[str, int]:
    """Return place -> age in days of its oldest entry: the journal, files below /var/log, containers, volumes."""
    found: dict[str, float] = {}
    for place, when in itertools.chain(_journal(), _files(), _containers(), _volumes()):
        found[place] = min(when, found.get(place, when))
    return {place: max(0, int((now - when) // DAY)) for place, when in sorted(found.items())}


def oldest(head: str, written: float) -> float:
    """Given the beginning of a log and when it was last written, return the time of its first entry.

    A log that tells no time in its first lines counts as old as its last change: nothing older is known of it.
    """
    found = []
    if match := ISO.search(head):
        found.append((match.start(), _utc([int(part) for part in match.groups()])))
    if match := EPOCH.search(head):
        found.append((match.start(), float(match[1])))
    if match := SYSLOG.search(head):
        found.append((match.start(), _without_year(match, written)))
    found = [each for each in found if each[1] < math.inf]
    return min(min(found)[1], written) if found else written


def _utc(parts: list[int]) -> float:
    """Return a moment in seconds, never (infinity) for what only looks like one: year 0, month 13."""
    try:
        return float(timegm((*parts, 0, 0, 0)))
    except (ValueError, OverflowError):
        return math.inf


def _without_year(match: re.Match[str], written: float) -> float:
    """Return the last such moment that lies before the last change."""
    if match[1] not in MONTHS:
        return written
    year = time.gmtime(written).tm_year
    rest = [MONTHS.index(match[1]) + 1, int(match[2]), int(match[3]), int(match[4]), int(match[5])]
    times = [_utc([each, *rest]) for each in (year, year - 1)]
    return next((each for each in times if each <= written + DAY), times[-1])  # 29 February: perhaps never


def _journal() -> Iterator[tuple[str, float]]:
    with suppress(docker.Failed, ValueError, IndexError):
        first = docker.run(["journalctl", "--quiet", "--no-pager", "--output=json", "--output-fields=MESSAGE_ID",
                            "--lines=+1"]).splitlines()[0]  # fmt: skip
        yield "journal", int(json.loads(first)["__REALTIME_TIMESTAMP"]) / 1e6


def _files() -> Iterator[tuple[str, float]]:
    root = Path("/var/log")
    paths = (path for path in root.rglob("*") if path.relative_to(root).parts[0] not in NO_LOGS)
    for path in itertools.islice((path for path in paths if path.is_file() and not path.is_symlink()), MOST):
        with suppress(*TROUBLE):
            yield _place(path), _age_of(path)


def _containers() -> Iterator[tuple[str, float]]:
    for path in sorted(Path("/var/lib/docker/containers").glob("*/*-json.log*")):
        with suppress(*TROUBLE):
            if path.stat().st_size:
                yield f"container {_container(path.parent)}", _first_record(path)


def _container(folder: Path) -> str:
    about = layout.read_json(folder / "config.v2.json", {})
    return str(about.get("Name", "")).lstrip("/") or folder.name[:12]


def _volumes() -> Iterator[tuple[str, float]]:
    for folder in sorted(Path("/var/lib/docker/volumes").glob("*/_data")):
        logs = (path for pattern in VOLUME_LOGS for path in folder.rglob(pattern))
        for path in itertools.islice((path for path in logs if path.is_file()), MOST):
            with suppress(*TROUBLE):
                if path.stat().st_size:
                    yield f"volume {folder.parent.name}:{path.relative_to(folder)}", _age_of(path)


def _place(path: Path) -> str:
    """Return the log that a file belongs to: syslog.2.gz is a part of syslog."""
    return re.sub(r"(\.\d+|-\d{8})?(\.gz|\.xz|\.zst)?$", "", str(path))


def _opened(path: Path) -> IO[bytes]:
    return cast("IO[bytes]", gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb"))


def _age_of(path: Path) -> float:
    written = path.stat().st_mtime
    with _opened(path) as stream:
        head = stream.read(HEAD)
    if path.name.partition(".")[0] in LOGINS:
        times = struct.unpack_from("<i", head, SECONDS) if len(head) >= RECORD else ()
        return float(times[0]) if times and 0 < times[0] <= written + DAY else written
    return oldest(head.decode("utf-8", "replace"), written)


def _first_record(path: Path) -> float:
    """Return when the first record of a container's log was written, by the engine's clock: texts tell any date."""
    with _opened(path) as stream:
        for line in itertools.islice(stream, MOST):
            if when := _time_of(line):
                return when
    return path.stat().st_mtime


def trim(days: int, now: float) -> list[str]:
    """Cut from the logs of containers what is older than some days. Return the files that were cut.

    In place, because the engine goes on writing to the same file. What it writes in the very moment between the last
    look and the cut is lost, and so is the file where the machine goes down between cut and writing. Only Docker's
    driver json-file writes such files.
    """
    cut = []
    for path in sorted(Path("/var/lib/docker/containers").glob("*/*-json.log*")):
        with suppress(*TROUBLE):
            if path.stat().st_size and _first_record(path) < now - (days + 1) * DAY:
                _cut(path, now - days * DAY)
                cut.append(str(path))
    return cut


def _cut(path: Path, limit: float) -> None:
    if path.suffix == ".gz":
        path.unlink()
        return
    with path.open("rb") as stream, path.open("ab") as appending:
        kept = b"".join(line for line in stream if _time_of(line) >= limit or not line.endswith(b"\n"))
        kept += stream.read()  # what came while the rest was looked at
        os.truncate(path, 0)
        appending.write(kept)


def _time_of(line: bytes) -> float:
    match = re.search(rb'"time":"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)', line[-200:])
    when = _utc([int(part) for part in match.groups()]) if match else 0.0
    return when if when < math.inf else 0.0
