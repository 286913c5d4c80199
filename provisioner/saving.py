"""Ask hosts to back up, restore, practise and check; tell what comes of it; keep secrets.age in step with a restore."""

import json
from collections.abc import Callable
from typing import Any

from provisioner.bundle import Bundle
from provisioner.errors import InputError, ProvisionerError
from provisioner.i18n import N_, _
from provisioner.remote import PROGRAM, opened
from provisioner.render import SEPARATOR
from provisioner.secrets import read_secrets, write_secrets

Say = Callable[[str, str, str], None]
STEPS = {
    "backing up": N_("backing up"), "reading": N_("reading"), "copying": N_("copying"), "done": N_("done"),
    "failed": N_("FAILED"), "importing": N_("importing"), "verifying": N_("verifying"), "stopping": N_("stopping"),
    "pulling": N_("pulling"), "starting": N_("starting"), "setup": N_("setup"), "opening": N_("opening"),
    "going back": N_("going back"), "tearing down": N_("tearing down"),
    "changing": N_("changing"),
}  # fmt: skip
REFUSALS = {
    "wrong_key": N_("the repository does not open with this key"),
    "no_repository": N_("there is no repository at the destination: is its disk mounted?"),
    "locked": N_("somebody else works in the repository"),
    "full": N_("a disk is full"),
    "disk_full": N_("the host's disk is too small for the restored data beside the live one"),
    "damaged": N_("the repository is damaged"),
    "unreachable": N_("the destination does not answer, or refuses the login"),
    "partly": N_("something could not be read"),
    "import_failed": N_("the database refused what the snapshot holds"),
    "not_healthy": N_("the restored application does not start well"),
    "miscounted": N_("the restored application does not count what it counted before"),
    "unreadable": N_("what a user wrote cannot be read in the restored application"),
    "not_erased": N_("who was erased since could not be erased again (see restore --without-erasing)"),
    "incomplete": N_("the snapshot is not whole"),
    "older_server": N_("the images in use now are older than those that wrote the snapshot"),
    "memory": N_("there is not enough free memory for a second copy"),
    "append_only": N_("the server refuses to delete; prune there from another machine"),
    "busy": N_("somebody else works on it"),
    "no_snapshot": N_("no good snapshot fits"),
    "no_record": N_("the destination holds no record: no backup ever ended there"),
}


def stream(bundle: Bundle, command: str, request: dict[str, Any], say: Say) -> dict[str, Any]:
    """Run a command of the host program that takes its time: tell each step, return its answer.

    Raise ProvisionerError when the host cannot be reached or the program fails.
    """
    host, answer = bundle.stack.host.name, None
    with opened(bundle, f"python3 {PROGRAM} {command}", json.dumps(request)) as (output, outcome):
        for raw in output:
            line = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else str(raw)
            if not line.startswith("{"):
                continue
            data: dict[str, Any] = json.loads(line)
            if set(data) >= {"instance", "step"}:
                say(host, data["instance"], told(data))
            else:
                answer = data
        error, code = outcome()
    if code or answer is None:
        reason = (error.strip().splitlines() or [f"exit code {code}"])[0]
        raise ProvisionerError(_("{host}: {reason}").format(host=host, reason=reason_of(reason)), _hint(reason))
    return answer


def told(event: dict[str, Any]) -> str:
    """Return a step in words."""
    words = _(STEPS.get(event["step"], event["step"]))
    place = event.get("destination") or ""
    return ": ".join(part for part in (words + (f" ({place})" if place else ""), event.get("message", "")) if part)


def reason_of(text: str) -> str:
    """Return the host program's own words for what went wrong in the language in use, as far as they are known."""
    head, _sep, rest = text.partition(":")
    if head in REFUSALS:
        return f"{_(REFUSALS[head])} ({rest.strip()})" if rest.strip() else _(REFUSALS[head])
    word, _sep, name = text.partition(" ")
    known = {
        "no_backups": _("no backups are set up for {name}"),
        "no_destination": _("there is no destination {name}"),
        "no_instance": _("the host has no instance {name}"),
        "none": _("there is no good snapshot of {name}"),
    }
    return known[word].format(name=name) if word in known else text


def _hint(reason: str) -> str:
    if reason.startswith("no_backups"):
        return _("Write a block backup into stack.yaml, then: provisioner apply")
    return ""


def instance(bundle: Bundle, service: str) -> str:
    """Return the instance of a service of the association, wished or not."""
    return service if SEPARATOR in service else f"{bundle.stack.association.id}{SEPARATOR}{service}"


def restore(bundle: Bundle, request: dict[str, Any], say: Say) -> dict[str, Any]:
    """Restore an instance and keep its secrets, as they were then, in secrets.age. Raise InputError when refused."""
    answer = stream(bundle, "restore", {"association": bundle.stack.association.id, **request}, say)
    if "refused" in answer:
        raise refusal(answer)
    older = _follow(bundle, answer["instance"], answer["secrets"])
    return {**{key: value for key, value in answer.items() if key != "secrets"}, "older_secrets": older}


def undo(bundle: Bundle, name: str, say: Say) -> dict[str, Any]:
    """Put back what the last restore of an instance replaced, and keep its secrets in secrets.age again."""
    answer = stream(bundle, "undo", {"instance": name}, say)
    _follow(bundle, name, answer["secrets"])
    return {key: value for key, value in answer.items() if key != "secrets"}


def _follow(bundle: Bundle, name: str, secrets: dict[str, str]) -> list[str]:
    """Keep the secrets an instance has now. Return the names of those that were others before."""
    found = read_secrets(bundle.secrets_path)
    before = found.get(name, {})
    if before != secrets or any(key.startswith(f"{name}+") for key in found):
        left = {key: values for key, values in found.items() if not key.startswith(f"{name}+")}
        write_secrets(bundle.secrets_path, {**left, name: secrets}, bundle.stack.recipient_keys)
    return sorted(key for key, value in secrets.items() if before.get(key, value) != value)


def access_of(bundle: Bundle, name: str = "") -> dict[str, Any]:
    """Return what lets another host restore from a destination of a stack: its public part, its secrets, the salt.

    Without a name: the first that can be read from elsewhere.
    Raise InputError when the stack has no such destination, or only folders of its own host.
    """
    found = bundle.stack.backup.destinations if bundle.stack.backup else []
    wanted = [each for each in found if name in ("", each.name) and (name or each.kind != "path")]
    if not wanted:
        hint = _("An sftp, rest or s3 destination can be read from elsewhere.")
        raise InputError(_("no destination of this stack can be read from another host"), hint=hint)
    about = wanted[0]
    values = read_secrets(bundle.secrets_path).get(instance(bundle, "backup"), {})
    secrets = {kind: values.get(f"{kind}_{about.name}", "") for kind in ("key", "user", "password", "ssh")}
    access = {"about": about.model_dump(mode="json"), "secrets": secrets}
    return {"access": access, "salt": values.get("erasure_salt", "")}


def refusal(answer: dict[str, Any]) -> ProvisionerError:
    """Return why the host did not do it, with what it said."""
    code, message = answer["refused"], answer.get("message", "")
    if code == "no_snapshot":
        return InputError(_no_snapshot(message), hint=_("See them: provisioner backup list"))
    text = _("{reason}; nothing was changed").format(reason=_(REFUSALS.get(code, code)))
    return ProvisionerError(text, message)


def _no_snapshot(message: str) -> str:
    kind, _sep, rest = message.partition(" ")
    name, _sep, wanted = rest.partition(" ")
    known = {
        "none": _("there is no good snapshot of {name}"),
        "unknown": _("{wanted} is neither a snapshot of {name} nor a time"),
        "too_early": _("there is no good snapshot of {name} as early as {wanted}"),
    }
    return known.get(kind, message).format(name=name, wanted=wanted)
