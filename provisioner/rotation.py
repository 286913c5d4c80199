"""Give secrets new values: kept as pending in secrets.age first, so that no value a host may hold is ever lost."""

import hashlib
import json
import secrets as random
from typing import Any, NamedTuple

from provisioner.bundle import Bundle
from provisioner.catalog import Catalog
from provisioner.errors import InputError, ProvisionerError
from provisioner.explain import suggest_or_list
from provisioner.i18n import N_, _, language
from provisioner.models.secret import Rotation
from provisioner.render import instance_name
from provisioner.saving import Say, stream
from provisioner.secrets import NEXT, PENDING, Secrets, new_value, read_secrets, write_secrets

WAYS = {
    "restart": N_("new file, containers made anew"),
    "database": N_("told to the database, new file, containers made anew"),
    "steps": N_("told to the application, new file, containers made anew"),
    "fixed": N_("stays"),
    "given": N_("made elsewhere, by you"),
}
ROTATABLE = ("restart", "database", "steps")
REFUSALS = {
    "busy": N_("somebody else works on it"),
    "went_back": N_("the new values did not hold, the old ones are in use again"),
    "stuck": N_("neither the new nor the old values hold yet; the host tries again by itself"),
    "not_running": N_("it does not run well on the host"),
    "no_secret": N_("the host has no such secret yet"),
}


class Item(NamedTuple):
    """One secret of an instance: what it is for, and which way it gets a new value (see WAYS); why, where it stays."""

    instance: str
    service: str
    name: str
    purpose: str
    way: str
    reason: str = ""
    shown: bool = False


class Outcome(NamedTuple):
    """What became of the rotation of an instance's secrets."""

    instance: str
    names: list[str]
    ok: bool
    message: str = ""


def items(bundle: Bundle, catalog: Catalog, service: str = "") -> list[Item]:
    """Return every secret of a service of the stack, or of all services. Raise InputError for one it has not."""
    known = list(bundle.stack.services)
    if service and service not in known:
        text = _("no service '{name}' in this stack;").format(name=service) + suggest_or_list(service, known)
        raise InputError(text)
    return [
        _item(bundle, catalog, each, name)
        for each in ([service] if service else known)
        for name in catalog.entry(each).service.secrets
    ]


def _item(bundle: Bundle, catalog: Catalog, service: str, name: str) -> Item:
    secret = catalog.entry(service).service.secrets[name]
    way, reason = "given" if secret.given else "restart", ""
    if isinstance(secret.rotate, Rotation):
        how = secret.rotate
        way = "fixed" if how.fixed else "steps" if how.before or how.after else "database"
        reason = how.fixed.in_language(language()) if how.fixed else ""
    instance = instance_name(bundle.stack, service)
    return Item(instance, service, name, secret.purpose.in_language(language()), way, reason, secret.shown)


def named(found: list[Item], name: str) -> list[Item]:
    """Return the item of that name. Raise InputError where there is none, or it is none that can be rotated."""
    mine = [item for item in found if item.name == name]
    if not mine:
        text = _("{service} has no secret '{name}';").format(service=found[0].service if found else "-", name=name)
        raise InputError(text + suggest_or_list(name, [item.name for item in found]))
    if mine[0].way == "given":
        text = _("{name} is made elsewhere: change it there").format(name=name)
        raise InputError(text, hint=_("Then: provisioner secrets set {name}").format(name=name))
    if mine[0].way == "fixed":
        raise InputError(_("{name} stays: {reason}").format(name=name, reason=mine[0].reason))
    return mine


def rotate(bundle: Bundle, catalog: Catalog, wanted: list[Item], say: Say) -> list[Outcome]:
    """Give every wanted secret a new value, one instance after the other; each goes through or back alone."""
    settle(bundle)
    outcomes = []
    for instance in dict.fromkeys(item.instance for item in wanted):
        mine = [item for item in wanted if item.instance == instance and item.way in ROTATABLE]
        if mine:
            outcomes.append(_one(bundle, catalog, mine, say))
    return outcomes


def _one(bundle: Bundle, catalog: Catalog, mine: list[Item], say: Say) -> Outcome:
    instance, names = mine[0].instance, [item.name for item in mine]
    found, about = read_secrets(bundle.secrets_path), catalog.entry(mine[0].service).service.secrets
    missing = [name for name in names if not found.get(instance, {}).get(name)]
    if missing:
        text = _("not made yet: run apply first")
        return Outcome(instance, names, False, text)
    new = {name: new_value(about[name].length) for name in names}
    _store(bundle, {**found, f"{instance}{PENDING}": new})
    how = {name: _plain(about[name].rotate) for name in names}
    request = {"instance": instance, "secrets": new, "how": how}
    try:
        answer = stream(bundle, "rotate", request, say)
    except ProvisionerError as error:
        return Outcome(instance, names, False, _after_silence(bundle, instance, error))
    if "refused" in answer:
        if answer["refused"] != "stuck":
            _forget(bundle, instance)
        return Outcome(instance, names, False, _refusal(answer))
    _promote(bundle, instance, new)
    return Outcome(instance, names, True)


def _after_silence(bundle: Bundle, instance: str, error: ProvisionerError) -> str:
    """Return what to tell when the host gave no answer; where it can be asked, what holds there is settled first."""
    try:
        settle(bundle)
    except ProvisionerError:
        return _("{reason}; the new values are kept beside the old ones until the host answers").format(
            reason=error.message
        )
    return error.message


def _refusal(answer: dict[str, Any]) -> str:
    text, more = _(REFUSALS.get(answer["refused"], answer["refused"])), answer.get("message", "")
    return f"{text} ({more})" if more else text


def _plain(how: Rotation | str | None) -> Any:
    return how.model_dump(by_alias=True, exclude_defaults=True) if isinstance(how, Rotation) else how


def settle(bundle: Bundle) -> list[str]:
    """End what a killed rotation left pending: the host tells which value it holds, by digest. Return the instances.

    Raise ProvisionerError when the host cannot be asked, or has not ended it yet.
    """
    found = read_secrets(bundle.secrets_path)
    pending = {name: values for name, values in found.items() if name.endswith((PENDING, NEXT))}
    if not pending:
        return []
    asked = {
        _plain_name(name): {key: _salted(value) for key, value in values.items()} for name, values in pending.items()
    }
    # Ending it may take its time, and tells steps before it answers.
    answer = stream(bundle, "holds", {"instances": asked, "finish": True}, lambda _host, _instance, _step: None)
    if answer["unfinished"]:
        text = _("a rotation of {names} is not ended on the host").format(names=", ".join(answer["unfinished"]))
        raise ProvisionerError(text, _("It tries again by itself. Look: provisioner logs, then run this again."))
    found = read_secrets(bundle.secrets_path)  # anew: what others wrote while we asked stays
    for name, values in pending.items():
        instance = _plain_name(name)
        held = {key for key, word in answer["instances"][instance].items() if word == "same"}
        now = found.pop(name, {})
        asked_of = {key for key in now if now[key] == values.get(key)}
        found[instance] = {**found.get(instance, {}), **{key: now[key] for key in asked_of & held}}
        done = asked_of & held if name.endswith(NEXT) else asked_of
        left = {key: value for key, value in now.items() if key not in done}
        found |= {name: left} if left else {}
    _store(bundle, found)
    return sorted(asked)


def _plain_name(name: str) -> str:
    return name.partition("+")[0]


def _salted(value: str) -> dict[str, str]:
    salt = random.token_hex(16)
    return {"salt": salt, "digest": hashlib.sha256((salt + value).encode()).hexdigest()}


def _store(bundle: Bundle, found: Secrets) -> None:
    write_secrets(bundle.secrets_path, found, bundle.stack.recipient_keys)


def _promote(bundle: Bundle, instance: str, new: dict[str, str]) -> None:
    """Keep the values that hold now, whatever another run made of the note about them meanwhile."""
    found = read_secrets(bundle.secrets_path)
    found.pop(f"{instance}{PENDING}", None)
    found[instance] = {**found.get(instance, {}), **new}
    _store(bundle, found)


def _forget(bundle: Bundle, instance: str) -> None:
    found = read_secrets(bundle.secrets_path)
    if found.pop(f"{instance}{PENDING}", None) is not None:
        _store(bundle, found)


def as_data(found: list[Item], outcomes: list[Outcome]) -> dict[str, Any]:
    """Return what is told to a script. Never a value."""
    data: dict[str, Any] = json.loads(json.dumps({"secrets": [item._asdict() for item in found]}))
    return {**data, "done": [outcome._asdict() for outcome in outcomes]}
