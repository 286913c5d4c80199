"""The rung "written": trace what the containers write while a user puts content in, and judge whether it is kept."""

import json
import time
from shlex import quote
from typing import Any

from provisioner.ladder.covered import Trace, told, uncovered
from provisioner.ladder.stage import ONE, Fell, Stage

CRON_SECONDS = 20
# Of a volume: the second in which each file was made, changed or moved there, and its path. Sockets hold nothing.
LIST = "find {source} -ignore_readdir_race -xdev \\( -type f -o -type l \\) -printf '%C@ %P\\0'"


def written(stage: Stage) -> str:
    """Every persistent path that a container writes is in the backup, or a waiver says why not.

    The probe writes twice, so that what is made on the second occasion is seen; then planned work has its turn.
    """
    since = float(stage.run("date +%s.%N"))
    stage.put(ONE)
    stage.put(ONE)
    stage.get(ONE)
    time.sleep(CRON_SECONDS)
    trace, backup = look(stage, since), stage.entry.service.backup
    if found := uncovered(trace, backup, stage.entry.service.waivers):
        raise Fell("; ".join(found))
    return told(trace, backup)


def look(stage: Stage, since: float) -> Trace:
    """Return what the host tells of the first association's instance. Raise Fell when it does not tell."""
    name = stage.instance(ONE)
    containers: list[dict[str, Any]] = json.loads(
        stage.run(f"docker inspect $(docker ps --all --quiet --filter label=com.docker.compose.project={name})")
    )
    changes = {each["Id"]: stage.run(f"docker diff {each['Id']}").splitlines() for each in containers}
    volumes = {
        mount["Name"]: mount["Source"] for each in containers for mount in each["Mounts"] if mount["Type"] == "volume"
    }
    return Trace(name, containers, changes, {key: _files(stage, source) for key, source in volumes.items()}, since)


def _files(stage: Stage, source: str) -> dict[str, float]:
    rows = stage.run(LIST.format(source=quote(source))).split("\0")
    return {path: float(changed) for changed, _space, path in (row.partition(" ") for row in rows if row)}
