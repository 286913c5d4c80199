"""After the fire: from a recovery sheet and one copy that survived to the whole stack on a bare host."""

import base64
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from provisioner.apply import converge, host_program
from provisioner.bundle import Bundle, load_alone
from provisioner.catalog import Catalog
from provisioner.errors import InputError, ProvisionerError
from provisioner.host.layout import write
from provisioner.i18n import _
from provisioner.lock import write_lock
from provisioner.models.recovery import Sheet, SheetDestination
from provisioner.models.stack import Host, Lock, Stack
from provisioner.remote import PROGRAM, ask, execute
from provisioner.render import SEPARATOR
from provisioner.saving import REFUSALS, restore
from provisioner.secrets import Secrets, own_recipient, write_secrets
from provisioner.stackfile import stack_text

Say = Callable[[str, str, str], None]
BOOTSTRAP = f"""set -e
export DEBIAN_FRONTEND=noninteractive
command -v restic > /dev/null && command -v python3 > /dev/null || {{
  apt-get update -q; apt-get install -qy --no-install-recommends restic openssh-client ca-certificates python3; }} >&2
mkdir -p {PROGRAM.rpartition("/")[0]}
base64 -d > {PROGRAM}.new && mv {PROGRAM}.new {PROGRAM}
"""


@dataclass(frozen=True)
class Found:
    """What a destination holds: the way to it, the stack as it was, its secrets, each instance's latest snapshot."""

    access: dict[str, Any]
    stack: Stack
    lock: Lock
    secrets: dict[str, str]
    latest: dict[str, dict[str, Any]]
    erasures: list[dict[str, Any]]


def recover(
    sheet: Sheet, host: Host, folder: Path, catalog: Catalog, *, destination: str, domain: str, say: Say
) -> dict[str, Any]:
    """Rebuild the stack of a sheet on a bare host and write its folder (stack.yaml, lock, secrets) anew.

    Return {instances: name -> {ok, taken, marker, message}, seconds, folder}. Raise ProvisionerError before anything is
    restored when no destination opens; InputError when the folder holds a stack already.
    """
    began, path = time.monotonic(), folder / "stack.yaml"
    if path.exists():
        raise InputError(_("{path} exists already; recover never overwrites a stack").format(path=path))
    bare = Bundle(path, _bare(sheet, host), Lock(lock="1.0", images={}))
    say(host.name, "", _("preparing the bare host"))
    _bootstrap(bare)
    found = _first_that_opens(sheet, bare, destination, say)
    bundle = _write_folder(found, host, folder, domain, catalog)
    ask(bundle, "erased", {"association": sheet.association, "entries": found.erasures})
    empty = Bundle(path, bundle.stack.model_copy(update={"services": {}, "backup": None, "portal": None}), bundle.lock)
    _apply(empty, catalog, say)
    results = {name: _one(bundle, found, entry, domain, say) for name, entry in sorted(found.latest.items())}
    _apply(bundle, catalog, say)
    _read(bundle, results)
    return {"instances": results, "seconds": round(time.monotonic() - began), "folder": str(folder)}


def _bare(sheet: Sheet, host: Host) -> Stack:
    """Return the least stack that leads to the host: its real one is still in the copy."""
    about = {"id": sheet.association, "name": sheet.name, "contact": f"contact@{sheet.domain}"}
    return Stack.model_validate({
        "stack": "1.0", "association": about, "domain": sheet.domain, "host": host.model_dump(),
        "recipients": [own_recipient(create=True)], "services": {},
    })  # fmt: skip


def _bootstrap(bundle: Bundle) -> None:
    """Put restic and the host program on a bare host. Raise ProvisionerError with what it said."""
    program = base64.b64encode(host_program()).decode()
    output, error, code = execute(bundle, f"sh -c {_quoted(BOOTSTRAP)}", program, timeout=900)
    if code:
        last = (error or output).strip().splitlines()[-3:]
        raise ProvisionerError(_("the host could not be prepared: {reason}").format(reason=" / ".join(last)))


def _quoted(text: str) -> str:
    from shlex import quote

    return quote(text)


def _first_that_opens(sheet: Sheet, bare: Bundle, wanted: str, say: Say) -> Found:
    """Return what the first destination of the sheet holds that answers; off-site ones first."""
    names = [each.name for each in sheet.destinations]
    if wanted and wanted not in names:
        known = ", ".join(names)
        raise InputError(_("the sheet has no destination '{name}' (it has {known})").format(name=wanted, known=known))
    troubles = []
    for each in sorted(sheet.destinations, key=lambda item: not item.offsite):
        if wanted in ("", each.name):
            say(bare.stack.host.name, "", _("reading the record in {name}").format(name=each.name))
            answer = ask(bare, "recover", {"association": sheet.association, "access": access(each)})
            if "refused" not in answer:
                return _found(answer, access(each), sheet.association)
            troubles.append(f"{each.name}: {_(REFUSALS.get(answer['refused'], answer['refused']))}")
    raise ProvisionerError(_("no copy could be opened: {reasons}").format(reasons="; ".join(troubles)))


def access(each: SheetDestination) -> dict[str, Any]:
    """Return how a host reaches a destination of the sheet: its public part and its secrets."""
    secret = {"user", "password", "key", "ssh"}
    return {"about": each.model_dump(exclude=secret), "secrets": each.model_dump(include=secret)}


def _found(answer: dict[str, Any], way: dict[str, Any], association: str) -> Found:
    files = {path: base64.b64decode(data).decode() for path, data in answer["files"].items()}
    secrets = {path.partition("/")[2]: text for path, text in files.items() if path.startswith("secrets/")}
    latest = {each["instance"]: each for each in sorted(answer["snapshots"], key=lambda each: each["time"])}
    stack = Stack.model_validate(json.loads(files["stack.json"]))
    wished = {f"{association}{SEPARATOR}{service}" for service in stack.services}
    kept = {name: each for name, each in latest.items() if name in wished}
    lock = Lock.model_validate(json.loads(files["lock.json"]))
    return Found(way, stack, lock, secrets, kept, answer["erasures"])


def _write_folder(found: Found, host: Host, folder: Path, domain: str, catalog: Catalog) -> Bundle:
    """Write stack.yaml as it was but for the host (and the domain), its lock, and secrets.age with what is known."""
    keys = list(dict.fromkeys([*found.stack.recipient_keys, own_recipient()]))
    missing = [key for key in keys if key not in found.stack.recipient_keys]
    changed = {"host": host, "domain": domain or found.stack.domain, "recipients": [*found.stack.recipients, *missing]}
    stack = found.stack.model_copy(update=changed)
    bundle = Bundle(folder / "stack.yaml", stack, found.lock)
    secrets: Secrets = {f"{stack.association.id}{SEPARATOR}backup": found.secrets}
    given = {
        f"backup_{name}": value for name, value in found.secrets.items() if name.startswith(("user_", "password_"))
    }
    given |= {name: found.secrets[name] for name in ("alert_urls", "mail_password") if found.secrets.get(name)}
    secrets[stack.association.id] = {name: value for name, value in given.items() if value}
    folder.mkdir(parents=True, exist_ok=True)
    write_secrets(bundle.secrets_path, secrets, stack.recipient_keys)
    write_lock(folder / "stack.lock.yaml", found.lock)
    write(bundle.path, stack_text(stack, catalog, stack.association.language))
    return load_alone(bundle.path)


def _apply(bundle: Bundle, catalog: Catalog, say: Say) -> None:
    report, _trees = converge([bundle], catalog, check=False, remove=False, say=say)
    if not report.ok:
        reasons = [str(each) for host in report.hosts for each in (*host.refused, *host.failures)]
        reasons += [
            f"{item.instance}: {item.message}" for host in report.hosts for item in host.instances if item.ok is False
        ]
        raise ProvisionerError(
            _("the host could not be set up: {reasons}").format(reasons="; ".join(reasons)),
            _("What was restored is there. Try again: provisioner apply {path}").format(path=bundle.path),
        )


def _one(bundle: Bundle, found: Found, entry: dict[str, Any], domain: str, say: Say) -> dict[str, Any]:
    """Restore one instance from its latest snapshot."""
    name, old = entry["instance"], found.stack.domain
    named = entry["variables"].get("domain", "")
    new = named.removesuffix(old) + domain if domain and named.endswith(old) else ""
    request = {
        "instance": name, "snapshot": entry["snapshot"], "access": found.access,
        "salt": found.secrets.get("erasure_salt", ""),
        "target": {"instance": name, "association": entry["association"], "domain": new},
    }  # fmt: skip
    result = {"taken": entry["time"], "marker": entry.get("probe", {}).get("marker", "")}
    try:
        restore(bundle, request, say)
    except ProvisionerError as error:
        return {**result, "ok": False, "message": f"{error.message} {error.hint}".strip()}
    return {**result, "ok": True, "message": ""}


def _read(bundle: Bundle, results: dict[str, dict[str, Any]]) -> None:
    """Read through the proxy what users once wrote, where a marker is known; what cannot be read is not recovered."""
    markers = {name: item["marker"] for name, item in results.items() if item["ok"] and item["marker"]}
    if not markers:
        return
    about = {"associations": [bundle.stack.association.id], "only": list(markers), "markers": markers, "write": False}
    for name, item in ask(bundle, "probe", about)["instances"].items():
        if not item["ok"]:
            results[name] |= {"ok": False, "message": item["message"]}
