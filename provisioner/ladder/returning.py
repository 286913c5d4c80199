"""The rungs of backups: what a user wrote comes back, as it was at each moment, here and on another host."""

from typing import Any

from provisioner import lab
from provisioner.i18n import _
from provisioner.ladder.stage import FAR, ONE, Fell, Stage
from provisioner.purge import purge
from provisioner.remote import ask
from provisioner.saving import instance, stream
from provisioner.saving import restore as bring_back
from provisioner.secrets import read_secrets
from provisioner.ssh_keys import ssh_public

HERE = "/var/backups/one"
THERE = "/home/debian/backup"
WIPE = """
cd /srv/provisioner/instances/{name} && docker compose down --volumes --timeout 20
rm -rf /srv/provisioner/instances/{name} /srv/provisioner/proxy/routes/{name}.caddy
rm -f /var/lib/provisioner/state/{name}.json
"""
AUTHORISE = """
install -d -o debian -g debian -m 700 {folder}
grep -qF '{key}' /home/debian/.ssh/authorized_keys || echo '{key}' >> /home/debian/.ssh/authorized_keys
"""


def restore(stage: Stage) -> str:
    """Write, back up, write more, back up again, lose everything: each backup brings back what was there then."""
    _prepare(stage)
    stage.put(ONE)
    first, early = stage.markers[ONE], back_up(stage)
    stage.put(ONE)
    second = stage.markers[ONE]
    back_up(stage)
    stage.run(WIPE.format(name=stage.instance(ONE)))
    late = restored(stage, "latest")
    stage.get(ONE, second)
    restored(stage, early)
    stage.get(ONE, first)
    stage.markers[ONE] = first
    try:
        stage.get(ONE, second)
    except Fell:
        stage.settled(ONE)
        counted = ", ".join(f"{name} {number}" for name, number in late["verified"]["counts"].items())
        return _("counted: {counts}").format(counts=counted or "-")
    raise Fell(_("after the first backup was restored, it still shows what was written later"))


def elsewhere(stage: Stage) -> str:
    """From the copy that a second host keeps: the service runs there under another name and domain, content too."""
    if stage.backup is None or stage.far is None:
        raise Fell(_("there is no backup to start from"))
    target = stage.write(FAR, stage.current, domain=_domain(stage), with_service=False)
    stage.apply(FAR)
    values = read_secrets(stage.bundles[ONE].secrets_path)[instance(stage.bundles[ONE], "backup")]
    about = {"name": "far", "url": THERE, "append_only": False}
    request: dict[str, Any] = {
        "association": ONE, "instance": stage.instance(ONE), "snapshot": "latest",
        "access": {"about": about, "secrets": {"key": values["key_far"]}},
        "target": {"instance": stage.instance(FAR), "association": FAR, "domain": _name(stage)},
    }  # fmt: skip
    bring_back(target, request, _quiet)
    stage.get(FAR, stage.far_marker)
    stage.write(FAR, stage.current)
    stage.apply(FAR)
    stage.get(FAR, stage.far_marker)
    _take_away(stage)
    return ""


def _domain(stage: Stage) -> str:
    return stage.domains[ONE] if stage.entry.service.route.fixed_domain else "far.lab.test"


def _name(stage: Stage) -> str:
    return f"{stage.entry.service.route.subdomain}.{_domain(stage)}"


def _prepare(stage: Stage) -> None:
    """Give the first association two destinations: a folder of its host, and another host over SSH."""
    stage.far = lab.up(f"{stage.host.name}-far", stage.host.debian)
    key = " ".join(stage.far.known_hosts.read_text().split()[1:3])
    where = f"sftp:debian@{stage.far.address}:{THERE}"
    stage.backup = {
        "destinations": [
            {"name": "here", "url": HERE, "offsite": False},
            {"name": "far", "url": where, "offsite": True, "host_key": key},
        ],
        "window": hours_away(stage), "drill_days": 0,
    }  # fmt: skip
    bundle = stage.write(ONE, stage.current)
    values = read_secrets(bundle.secrets_path)[instance(bundle, "backup")]
    there = stage.write(FAR, stage.current, domain=_domain(stage), with_service=False)
    stage.execute(there, f"rm -rf {THERE}")
    stage.execute(there, AUTHORISE.format(folder=THERE, key=ssh_public(values["ssh_far"], "one")))
    stage.run(f"rm -rf {HERE} /var/lib/provisioner/backup")
    stage.apply(ONE)


def hours_away(stage: Stage) -> str:
    """Return an hour in which the host's own timer may back up, far from now: this rung does it by itself."""
    hour = (int(stage.run("date +%H")) + 12) % 24
    return f"{hour:02}:00-{(hour + 1) % 24:02}:00"


def back_up(stage: Stage) -> str:
    """Back up the first association's instance. Return the snapshot in the folder of its own host."""
    name = stage.instance(ONE)
    answer = stream(stage.bundles[ONE], "backup", {"associations": [ONE], "only": [name]}, _quiet)[ONE]
    results = {**answer["instances"].get(name, {}), **{f"record {k}": v for k, v in answer["records"].items()}}
    failed = [f"{where}: {item['message']}" for where, item in results.items() if not item["ok"]]
    if failed or not answer["instances"]:
        raise Fell(_("the backup failed: {reasons}").format(reasons="; ".join(failed) or "-"))
    stage.far_marker = stage.markers.get(ONE, "")
    return str(results["here"]["snapshot"])


def restored(stage: Stage, snapshot: str) -> dict[str, Any]:
    """Bring a snapshot of the first association's instance back in place, keeping nothing of what was there."""
    request = {"instance": stage.instance(ONE), "snapshot": snapshot}
    done = bring_back(stage.bundles[ONE], request, _quiet)
    if done["kept"]:
        ask(stage.bundles[ONE], "drop", {"instance": stage.instance(ONE), "kept": done["kept"]})
    return done


def _take_away(stage: Stage) -> None:
    bundle = stage.write(FAR, stage.current, with_service=False)
    stage.apply(FAR, remove=True)
    purge(bundle, stage.instance(FAR))


def _quiet(_host: str, _instance: str, _step: str) -> None:
    """Say nothing: the rungs themselves are told."""
