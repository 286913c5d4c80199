"""The rung of new secrets: content stays, old values are refused, and a rotation cut off anywhere ends by itself."""

import json
import time
from contextlib import suppress
from shlex import quote

from provisioner.errors import ProvisionerError
from provisioner.i18n import _
from provisioner.ladder.stage import ONE, Fell, Stage
from provisioner.models.secret import Rotation
from provisioner.remote import ask, execute
from provisioner.rotation import ROTATABLE, items, rotate, settle
from provisioner.saving import STEPS
from provisioner.secrets import read_secrets

# Killed as soon as the host tells these steps; "verifying" comes last of all.
CUTS = ("changing", "starting", "verifying")
PATIENCE = 8
KILL = "pkill -9 -f '[h]ost.pyz rotate'; true"
LOGIN = {
    "postgres": 'read -r word; export PGPASSWORD="$word"; exec psql --host="$(hostname -i)" --username={account} '
    "--dbname=postgres --no-psqlrc --command='SELECT 1'",
    "mariadb": "read -r word; exec mariadb --defaults-extra-file=/dev/fd/3 --user={account} --protocol=socket "
    "--execute='SELECT 1' 3<<END\n[client]\npassword=$word\nEND\n",
}


def turned(stage: Stage) -> str:
    """Every secret gets a new value; what a user wrote is read; no old value opens anything; killed, it ends alone."""
    wanted = [item for item in items(stage.bundles[ONE], stage.catalog) if item.way in ROTATABLE]
    if not wanted:
        return _("no secret to change")
    before = dict(_values(stage))
    _rotate(stage)
    after = _values(stage)
    same = [item.name for item in wanted if before[item.name] == after[item.name]]
    if same:
        raise Fell(_("not changed: {names}").format(names=", ".join(same)))
    stage.get(ONE)
    tried = _refused(stage, before, after)
    stage.put(ONE)  # signing in wrote a marker too, in some services over the one before
    stage.settled(ONE)
    for cut in CUTS:
        _killed(stage, cut)
    exposed(stage)
    return _("{count} changed, old ones tried and refused: {tried}").format(
        count=len(wanted), tried=", ".join(tried) or "-"
    )


def _values(stage: Stage) -> dict[str, str]:
    return read_secrets(stage.bundles[ONE].secrets_path)[stage.instance(ONE)]


def _rotate(stage: Stage) -> None:
    bundle = stage.bundles[ONE]
    for outcome in rotate(bundle, stage.catalog, items(bundle, stage.catalog), lambda *_words: None):
        if not outcome.ok:
            raise Fell(outcome.message)


def _refused(stage: Stage, before: dict[str, str], after: dict[str, str]) -> list[str]:
    """Sign in with each old value and each new one, where there is a way to. Return the secrets that were tried."""
    service, tried = stage.entry.service, []
    probe = json.dumps([step.model_dump() for step in service.probe.write])
    for name, secret in service.secrets.items():
        how = secret.rotate
        if isinstance(how, Rotation) and (how.postgres or how.mariadb):
            kind = "postgres" if how.postgres else "mariadb"
            line = LOGIN[kind].format(account=how.postgres or how.mariadb)
            taken = [_login(stage, how.in_, line, value) for value in (before[name], after[name])]
        elif f"{{secret.{name}}}" in probe and how:
            taken = [_probe(stage, name, before[name]), _probe_soon(stage, name, after[name])]
        else:
            continue
        if taken != [False, True]:
            raise Fell(_("{name}: the old value is taken: {old}, the new one: {new}").format(
                name=name, old=taken[0], new=taken[1]))  # fmt: skip
        tried.append(name)
    return tried


def _login(stage: Stage, container: str, line: str, value: str) -> bool:
    chosen = f"--filter label=com.docker.compose.project={stage.instance(ONE)}"
    found = stage.run(f"docker ps -q {chosen} --filter label=com.docker.compose.service={container}").split()
    command = f"docker exec -i {found[0]} sh -c {quote(line)}"
    _output, _error, code = execute(stage.bundles[ONE], f"sh -c {quote(command)}", f"{value}\n")
    return code == 0


def _probe(stage: Stage, name: str, value: str) -> bool:
    instance = stage.instance(ONE)
    request = {"associations": [ONE], "only": [instance], "instead": {instance: {name: value}}, "write": True}
    return bool(ask(stage.bundles[ONE], "probe", request)["instances"][instance]["ok"])


def _probe_soon(stage: Stage, name: str, value: str) -> bool:
    """Sign in with the right value: some applications make everybody wait after a wrong one."""
    for _attempt in range(PATIENCE):
        if _probe(stage, name, value):
            return True
        time.sleep(2)
    return False


def _killed(stage: Stage, cut: str) -> None:
    """Kill a rotation as it comes to a step; the next one to ask finds old or new values everywhere."""
    bundle, seen = stage.bundles[ONE], list[str]()

    def look(_host: str, _instance: str, step: str) -> None:
        if step == _(STEPS[cut]) and not seen:
            seen.append(step)
            stage.run(KILL)

    with suppress(ProvisionerError):
        rotate(bundle, stage.catalog, items(bundle, stage.catalog), look)
    settle(bundle)
    if not seen:
        return
    stage.get(ONE)
    report = stage.apply(ONE)
    mine = [item for host in report.hosts for item in host.instances if item.instance == stage.instance(ONE)]
    done = [item for item in mine if item.action != "none"]
    if done:
        told = [f"{item.action} {item.instance} {item.reason} {item.files} {item.secrets}" for item in done]
        raise Fell(_("killed at {step}, apply had something to change: {what}").format(step=cut, what="; ".join(told)))
    stage.get(ONE)


def exposed(stage: Stage) -> None:
    """Raise Fell for a secret that can be seen where none may be, and for a reason that is no longer needed."""
    found = ask(stage.bundles[ONE], "exposed", {})["instances"].get(stage.instance(ONE), {})
    excused = {name for name, secret in stage.entry.service.secrets.items() if secret.environment}
    wrong = [
        f"{name}: {kind} {', '.join(where)}"
        for name, kinds in found.items()
        for kind, where in kinds.items()
        if kind != "environment" or name not in excused
    ]
    wrong += [f"{name}: environment?" for name in sorted(excused) if "environment" not in found.get(name, {})]
    if wrong:
        raise Fell(_("secrets can be seen: {places}").format(places="; ".join(wrong)))
