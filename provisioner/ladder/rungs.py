"""The rungs, in the order in which they are climbed. Each plays on the stage, returns what it found, or raises Fell."""

import json
import time
from collections.abc import Callable
from typing import NamedTuple

from provisioner import lab
from provisioner.i18n import N_, _
from provisioner.ladder.ageing import aged
from provisioner.ladder.persons import person
from provisioner.ladder.returning import elsewhere, restore
from provisioner.ladder.running import broken_rules
from provisioner.ladder.stage import ONE, TWO, Fell, LeftOut, Stage
from provisioner.ladder.turning import turned
from provisioner.ladder.written import written
from provisioner.outside import read_from_here
from provisioner.purge import copy_first, purge
from provisioner.secrets import read_secrets

MEMORY_TOLERANCE = 0.25
SMALL_MB = 16
SETTLE_SECONDS = 20


class Step(NamedTuple):
    """A rung: its name, what it shows, and how it is climbed. Without a function it comes with a later version."""

    name: str
    shows: str
    climb: Callable[[Stage], str] | None


def install(stage: Stage) -> str:
    """A bare host, one apply, no human."""
    stage.write(ONE, stage.current)
    stage.apply(ONE)
    return ""


def again(stage: Stage) -> str:
    """A second apply changes nothing and starts nothing anew."""
    stage.settled(ONE)
    return ""


def probe(stage: Stage) -> str:
    """A user's content, written and read through the application; read from this machine too, by name over TLS."""
    stage.put(ONE)
    stage.get(ONE)
    name = stage.instance(ONE)
    written = {name: {"ok": True, "marker": stage.markers[ONE], "seconds": 0.0, "message": ""}}
    found = read_from_here([stage.bundles[ONE]], stage.catalog, written)[name]
    if not found["ok"]:
        raise Fell(_("from outside: {message}").format(message=found["message"]))
    return ""


def memory(stage: Stage) -> str:
    """Idle memory (proportional set size of all its processes) is within a quarter of what the catalog declares."""
    time.sleep(SETTLE_SECONDS)
    declared = stage.declared_mb
    stage.memory_mb = int(stage.status(ONE)["memory_mb"])
    text = _("{measured} MB, declared {declared} MB").format(measured=stage.memory_mb, declared=declared)
    if abs(stage.memory_mb - declared) > max(MEMORY_TOLERANCE * declared, SMALL_MB):
        raise Fell(text)
    return text


def hardening(stage: Stage) -> str:
    """Every container that runs keeps the rules, or a waiver says why not."""
    chosen = f"--filter label=com.docker.compose.project={stage.instance(ONE)}"
    containers = json.loads(stage.run(f"docker inspect $(docker ps --quiet {chosen})"))
    able = stage.run("docker info --format '{{.PidsLimit}} {{.MemoryLimit}}'").split()
    unable = [rule for rule, word in zip(("pids_limit", "mem_limit"), able, strict=True) if word != "true"]
    broken = broken_rules(containers, stage.entry.service.waivers, unable)
    if broken:
        raise Fell("; ".join(broken))
    parts = [_("waivers: {count}").format(count=len(stage.entry.service.waivers))]
    parts += [_("not enforced on this host: {rules}").format(rules=", ".join(unable))] if unable else []
    return "; ".join(parts)


def neighbour(stage: Stage) -> str:
    """A second association on the same host has its own of everything, and neither sees the other's content."""
    stage.write(TWO, stage.previous or stage.current)
    stage.apply(TWO)
    stage.put(TWO)
    stage.get(TWO)
    stage.get(ONE)
    for who, other in ((ONE, TWO), (TWO, ONE)):
        try:
            stage.get(who, stage.markers[other])
        except Fell:
            continue
        raise Fell(_("{one} shows what was written in {other}").format(one=who, other=other))
    for kind in ("volume", "network"):
        if not all(stage.run(f"docker {kind} ls -q --filter name=^{stage.instance(w)}_").split() for w in (ONE, TWO)):
            raise Fell(_("an association has no {kind} of its own").format(kind=kind))
    made = [set(read_secrets(stage.bundles[w].secrets_path)[stage.instance(w)].values()) for w in (ONE, TWO)]
    if made[0] & made[1] - {""}:
        raise Fell(_("two associations share a secret"))
    return ""


def upgrade(stage: Stage) -> str:
    """What was written under the version before is read under this one."""
    if stage.previous is None:
        raise LeftOut(stage.no_previous or _("no image of a version before can be built here"))
    before = stage.status(TWO)["version"]
    stage.write(TWO, stage.current)
    stage.apply(TWO)
    after = stage.status(TWO)["version"]
    if before == after:
        raise Fell(_("still version {version}").format(version=after))
    stage.get(TWO)
    stage.settled(TWO)
    return f"{before} -> {after}"


def restart(stage: Stage) -> str:
    """Stopped and applied, then the host rebooted and nobody there: the content is back each time."""
    stage.run(f"docker stop $(docker ps -q --filter label=com.docker.compose.project={stage.instance(ONE)})")
    stage.apply(ONE)
    stage.get(ONE)
    lab.restart(stage.host.name)
    _wait_until_healthy(stage)
    stage.get(ONE)
    if stage.apply(ONE).changed:
        raise Fell(_("after the reboot, apply had something to change"))
    return ""


def _wait_until_healthy(stage: Stage, seconds: float = 600) -> None:
    deadline = time.monotonic() + seconds
    while (health := stage.status(ONE).get("health", "")) != "healthy":
        if time.monotonic() > deadline:
            raise Fell(_("after the reboot it is {health}").format(health=health))
        time.sleep(2)


def domain(stage: Stage) -> str:
    """The association moves to another domain: everything is there under the new name, nothing under the old one."""
    reason = stage.entry.service.route.fixed_domain
    if reason:
        raise LeftOut(reason)
    stage.write(ONE, stage.current, domain="moved.lab.test")
    stage.apply(ONE)
    stage.get(ONE)
    routes = stage.run("cat /srv/provisioner/proxy/routes/*.caddy")
    if "one.lab.test" in routes:
        raise Fell(_("the old name is still served"))
    stage.settled(ONE)
    return ""


def removal(stage: Stage) -> str:
    """Taken out of the stack, it stops and keeps its data; wished again, everything is back."""
    stage.write(ONE, stage.current, domain="moved.lab.test", with_service=False)
    stage.apply(ONE, remove=True)
    if stage.containers(ONE):
        raise Fell(_("containers are left after the removal"))
    stage.write(ONE, stage.current, domain="moved.lab.test")
    stage.apply(ONE)
    stage.get(ONE)
    return ""


WITNESS = """
mkdir -p /srv/witness && echo "{text}" > /srv/witness/file
docker volume create witness > /dev/null
echo "{text}" > "$(docker volume inspect --format '{{{{.Mountpoint}}}}' witness)/file"
"""
LEFT = """
docker ps --all --format '{{{{.Names}}}}' | grep -F {name} || true
docker volume ls --quiet | grep -F {name} || true
docker network ls --format '{{{{.Name}}}}' | grep -F {name} || true
find /srv/provisioner /var/lib/provisioner -name '*{name}*' -not -path '*/runs/*'
grep -F {name} /var/lib/provisioner/ports.json || true
"""


def gone(stage: Stage) -> str:
    """Purged, nothing of it is left, a copy is, and everything of others is untouched."""
    stage.run(WITNESS.format(text="not ours"))
    name, bundle = stage.instance(TWO), stage.write(TWO, stage.current, with_service=False)
    stage.apply(TWO, remove=True)
    copy = copy_first(bundle, name, stage.folder / TWO / "purged")
    purge(bundle, name)
    left = stage.run(LEFT.format(name=name)).split()
    if left or name in read_secrets(bundle.secrets_path):
        raise Fell(_("left behind: {names}").format(names=", ".join(left) or "secrets.age"))
    witness = stage.run('cat /srv/witness/file "$(docker volume inspect --format {{.Mountpoint}} witness)/file"')
    if witness.splitlines() != ["not ours"] * 2:
        raise Fell(_("files of others were touched"))
    stage.run("docker volume rm witness && rm -r /srv/witness")
    stage.get(ONE)
    return _("copy: {size} kB").format(size=copy.stat().st_size // 1024)


RUNGS = (
    Step("install", N_("installed on a bare host by one command"), install),
    Step("again", N_("a second run changes nothing"), again),
    Step("probe", N_("a user's content is written and read"), probe),
    Step("written", N_("what the containers write is in the backup, or waivers say why"), written),
    Step("memory", N_("memory as declared"), memory),
    Step("hardening", N_("hardening rules hold, or waivers say why"), hardening),
    Step("neighbour", N_("two associations do not see each other"), neighbour),
    Step("upgrade", N_("upgraded from the version before, content kept"), upgrade),
    Step("restart", N_("stopped, host rebooted, content kept"), restart),
    Step("rotate", N_("new values for every secret, content kept, old ones refused"), turned),
    Step("retention", N_("what is too old goes by itself, what is younger stays"), aged),
    Step("domain", N_("another domain, content kept"), domain),
    Step("removal", N_("removed and installed again, content kept"), removal),
    Step("purge", N_("purged: nothing of it left, others untouched"), gone),
    Step("restore", N_("backed up twice, wiped: the second comes back, then the first"), restore),
    Step("elsewhere", N_("restored on another host, under another name and domain"), elsewhere),
    Step("person", N_("a person found, exported, erased; not brought back by an old backup"), person),
    Step("rollback", N_("a broken upgrade rolls back with its data"), None),
)
