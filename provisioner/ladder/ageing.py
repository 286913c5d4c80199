"""The rung `retention`: what has become too old goes by the host's own purge, what is younger stays."""

import json
import secrets
import time
from shlex import join

from provisioner.ageing import problems
from provisioner.durations import on_host
from provisioner.host.fill import fill_text
from provisioner.i18n import _
from provisioner.ladder.stage import ONE, Fell, LeftOut, Stage
from provisioner.models.gdpr import Purge
from provisioner.models.secret import Command
from provisioner.remote import ask
from provisioner.render import variables_of

WAIT = 20  # seconds an application may take to write down what it deleted


def aged(stage: Stage) -> str:
    """Seed an old and a young thing for each purge, purge as the host's timer does, look what is left."""
    entry = stage.entry
    wanted = on_host(entry, stage.bundles[ONE].protection)
    if not wanted:
        raise LeftOut(_("nothing in it goes by the map of durations: no purge, no setting"))
    markers = {key: _seed(stage, key, purge, _days(stage, key)) for key, purge in entry.service.gdpr.purges.items()}
    for key in markers:
        count = _told(stage)[key]["aged"]
        if not count:
            raise Fell(_("{key}: what is too old is not counted").format(key=key))
    told = _told(stage, run=True)
    for key, (old, young) in markers.items():
        purge = entry.service.gdpr.purges[key]
        if not told[key]["ok"]:
            raise Fell(f"{key}: {told[key]['message']}")
        if not _gone(stage, purge, old):
            raise Fell(_("{key}: what is too old is still there").format(key=key))
        if not _there(stage, purge, young):
            raise Fell(_("{key}: what is young enough is gone").format(key=key))
    _settings_reached(stage)
    _checked(stage)
    done = [f"{key} {_days(stage, key)}" for key in markers]
    done += [f"{n}={v}" for each in wanted.values() for n, v in dict(each.get("settings", {})).items()]  # type: ignore[call-overload]
    return ", ".join(done)


def _days(stage: Stage, key: str) -> int:
    return int(str(on_host(stage.entry, stage.bundles[ONE].protection)[key]["days"]))


def _seed(stage: Stage, key: str, purge: Purge, days: int) -> tuple[str, str]:
    """Put in one thing a day too old and one with a day to go. Return their markers."""
    if not purge.seed:
        raise Fell(_("{key}: service.yaml does not say how to seed this purge").format(key=key))
    markers = f"old{secrets.token_hex(6)}", f"new{secrets.token_hex(6)}"
    for marker, old in zip(markers, (days + 1, days - 1), strict=True):
        for command in purge.seed:
            _execute(stage, command, {"marker": marker, "days_old": str(old)})
        if not _there(stage, purge, marker):
            raise Fell(_("{key}: what was seeded is not there").format(key=key))
    return markers


def _told(stage: Stage, run: bool = False) -> dict[str, dict[str, object]]:
    name = stage.instance(ONE)
    answer = ask(stage.bundles[ONE], "retention", {"associations": [ONE], "only": [name], "run": run})
    return dict(answer["instances"].get(name, {}))


def _there(stage: Stage, purge: Purge, marker: str) -> bool:
    return purge.there is not None and bool(_execute(stage, purge.there, {"marker": marker}).strip())


def _gone(stage: Stage, purge: Purge, marker: str) -> bool:
    deadline = time.monotonic() + WAIT
    while _there(stage, purge, marker):
        if time.monotonic() > deadline:
            return False
        time.sleep(1)
    return True


def _execute(stage: Stage, command: Command, values: dict[str, str]) -> str:
    """Run a command of service.yaml in its container, by hand as it were."""
    bundle = stage.bundles[ONE]
    known = {**variables_of(bundle.stack, stage.entry.name, stage.entry, bundle.protection), **values}
    words = ["docker", "compose", "exec", "-T", command.in_, *(fill_text(word, known) for word in command.run)]
    return stage.run(f"cd /srv/provisioner/instances/{stage.instance(ONE)} && {join(words)}")


def _settings_reached(stage: Stage) -> None:
    """Every bound setting stands in the environment of a container, as the map says it."""
    wanted = on_host(stage.entry, stage.bundles[ONE].protection)
    values = {n: v for each in wanted.values() for n, v in dict(each.get("settings", {})).items()}  # type: ignore[call-overload]
    if not values:
        return
    chosen = f"--filter label=com.docker.compose.project={stage.instance(ONE)}"
    told = stage.run(f"docker ps -q {chosen} | xargs docker inspect --format '{{{{json .Config.Env}}}}'")
    environment = {word for line in told.splitlines() for word in json.loads(line)}
    for name, value in values.items():
        if f"{name}={value}" not in environment:
            raise Fell(_("no container has {name}={value}").format(name=name, value=value))


def _checked(stage: Stage) -> None:
    """What `gdpr retention --check` asks finds nothing."""
    bundle = stage.bundles[ONE]
    answer = ask(bundle, "retention", {"associations": [ONE]})
    found = problems(bundle.stack.host.name, [bundle], stage.catalog, answer)
    if found:
        raise Fell("; ".join(f"{each.where} {each.key}: {each.text}" for each in found)[:1000])
