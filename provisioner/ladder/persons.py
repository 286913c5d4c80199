"""The rung "person": one of two people is found, exported, erased, and stays erased after an old backup came back."""

import base64
import io
import secrets
from collections.abc import Iterator
from fnmatch import fnmatch
from typing import Any

from provisioner.host import fulltext
from provisioner.host.forms import needles
from provisioner.i18n import _
from provisioner.ladder.returning import HERE, back_up, hours_away, restored
from provisioner.ladder.stage import ONE, Fell, LeftOut, Stage
from provisioner.models.secret import Command
from provisioner.models.step import ProbeStep
from provisioner.remote import ask


def person(stage: Stage) -> str:
    """Two people write; one is found, exported without the other, erased without a trace, and not brought back."""
    if not stage.entry.service.gdpr.seed:
        raise LeftOut(_("nothing says how a person's data come in (gdpr.seed)"))
    if stage.backup is None:
        _with_backups(stage)
    gone, stays = _someone("Zoé Aubépin", "zaubepin"), _someone("Maël Quintard", "mquintard")
    for each in (gone, stays):
        _seed(stage, each)
        _shown(stage, each, True)
    before = _find(stage, gone)
    if not before["subjects"]:
        raise Fell(_("the person who was put in is not found"))
    _complete(stage, gone, stays, before["subjects"])
    snapshot = back_up(stage)
    erased = _ask(stage, "person_erase", person={"names": _names(gone)}, subjects=before["subjects"])
    if left := unexplained(stage, erased["left"]):
        raise Fell(_("after the erasure something is left: {places}").format(places=_places(left)))
    _only(stage, stays, gone, _("after the erasure"))
    restored(stage, snapshot)
    _only(stage, stays, gone, _("after the old backup was restored"))
    return _("found in {count} places, then in none").format(count=len(before["traces"]))


def _only(stage: Stage, stays: dict[str, str], gone: dict[str, str], when: str) -> None:
    """One person is nowhere any more, neither in the data nor to those who look; the other is all there."""
    _absent(stage, gone, when)
    _shown(stage, gone, False)
    _shown(stage, stays, True)
    _complete(stage, stays, gone, _find(stage, stays)["subjects"])


def _with_backups(stage: Stage) -> None:
    place = {"name": "here", "url": HERE, "offsite": False}
    stage.backup = {"destinations": [place], "window": hours_away(stage), "drill_days": 0}
    stage.write(ONE, stage.current)
    stage.run(f"rm -rf {HERE} /var/lib/provisioner/backup")
    stage.apply(ONE)


def _someone(name: str, user: str) -> dict[str, str]:
    number = secrets.token_hex(3)
    user = f"{user}{number}"
    return {
        "name": f"{name} {number}",
        "user": user,
        "email": f"{user}@example.org",
        "text": f"text{number}of{user[:2]}",
    }


def _names(who: dict[str, str]) -> list[str]:
    return [who["name"], who["user"], who["email"]]


def _ask(stage: Stage, command: str, **request: Any) -> dict[str, Any]:
    return ask(stage.bundles[ONE], command, {"instance": stage.instance(ONE), **request}, timeout=1800)


def _seed(stage: Stage, who: dict[str, str]) -> None:
    _play(stage, stage.entry.service.gdpr.seed, who)


def _play(stage: Stage, steps: list[ProbeStep], who: dict[str, str]) -> list[str]:
    values = {f"person.{key}": value for key, value in who.items()} | {"marker": who["text"]}
    texts: list[str] = _ask(stage, "play", steps=[plain(step) for step in steps], values=values)["texts"]
    return texts


def _shown(stage: Stage, who: dict[str, str], wanted: bool) -> None:
    """Where service.yaml says how others see a person, they do, or do not any more."""
    steps = stage.entry.service.gdpr.shown
    if steps and wanted != any(name in text for text in _play(stage, steps, who) for name in _names(who)):
        raise Fell(_("the service does not show the person") if wanted else _("the service still shows the person"))


def plain(step: ProbeStep | Command) -> dict[str, Any]:
    """Return a step as the host program wants it."""
    data: dict[str, Any] = step.model_dump(by_alias=True, exclude_defaults=True)
    return data


def _find(stage: Stage, who: dict[str, str]) -> dict[str, Any]:
    name = stage.instance(ONE)
    asked = {"associations": [ONE], "only": [name], "person": {"names": _names(who)}}
    found: dict[str, Any] = ask(stage.bundles[ONE], "person_find", asked, timeout=1800)["instances"][name]
    return found


def unexplained(stage: Stage, traces: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the traces that no `stays` of the service explains."""
    allowed = [pattern for each in stage.entry.service.gdpr.stays for pattern in each.places]
    return [each for each in traces if not any(fnmatch(each["place"], pattern) for pattern in allowed)]


def _places(traces: list[dict[str, Any]]) -> str:
    return ", ".join(f"{each['place']} ({each['count']})" for each in traces)


def _absent(stage: Stage, who: dict[str, str], when: str) -> None:
    found = _find(stage, who)
    if found["subjects"] or unexplained(stage, found["traces"]):
        text = _("{when} the person is still there: {places}")
        places = ", ".join([*found["subjects"], _places(unexplained(stage, found["traces"]))])
        raise Fell(text.format(when=when, places=places))


def _complete(stage: Stage, who: dict[str, str], other: dict[str, str], subjects: list[str]) -> None:
    """The export of a person has what they wrote and their address or name, and nothing of the other."""
    whole = b"".join(_exported(stage, subjects))
    if not _stands(who["text"], whole):
        raise Fell(_("the export lacks what the person wrote"))
    if not any(_stands(each, whole) for each in _names(who)):
        raise Fell(_("the export does not name the person"))
    if foreign := [each for each in (*_names(other), other["text"]) if _stands(each, whole)]:
        raise Fell(_("the export has something of somebody else: {names}").format(names=", ".join(foreign)))


def _stands(name: str, whole: bytes) -> bool:
    """Tell whether a name stands there in any form that the search for people knows."""
    return name.encode() in whole or fulltext.count(io.BytesIO(whole).read, needles([name])) > 0


def _exported(stage: Stage, subjects: list[str]) -> Iterator[bytes]:
    for subject in subjects:
        for file in _ask(stage, "person_export", subject=subject)["files"]:
            yield base64.b64decode(file["bytes_base64"])
