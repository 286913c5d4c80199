"""Ask hosts about one person. Every function takes the way to ask, so that a test can be the host."""

import base64
import binascii
import hashlib
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from provisioner import remote
from provisioner.apply import by_host
from provisioner.bundle import Bundle
from provisioner.errors import ProvisionerError
from provisioner.i18n import _
from provisioner.render import SEPARATOR, instance_name

Ask = Callable[[Bundle, str, dict[str, Any]], dict[str, Any]]
Found = dict[str, Any]
LONG = 7200
NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,80}")  # it becomes a file here, whatever a host says


def ask_host(bundle: Bundle, command: str, request: dict[str, Any]) -> dict[str, Any]:
    """Ask the host program; a search of large volumes takes long."""
    return remote.ask(bundle, command, request, timeout=LONG)


@dataclass(frozen=True)
class Search:
    """What all hosts said: instance -> what was found; instance -> why it could not be searched; what restores kept."""

    found: dict[str, Found] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    bundles: dict[str, Bundle] = field(default_factory=dict)
    kept: dict[str, list[str]] = field(default_factory=dict)

    @property
    def hits(self) -> dict[str, Found]:
        """Return the instances in which there is something of the person."""
        return {name: each for name, each in self.found.items() if each["subjects"] or each["traces"]}


def service_of(instance: str) -> str:
    """Return the name of the service of an instance."""
    return instance.partition(SEPARATOR)[2]


def find(bundles: list[Bundle], names: list[str], ask: Ask) -> Search:
    """Look for a person on every host of the stacks, side by side. Nothing raises because one does not answer."""
    groups = by_host(bundles)

    def one(host: str) -> dict[str, Any] | ProvisionerError:
        associations = [bundle.stack.association.id for bundle in groups[host]]
        try:
            return ask(groups[host][0], "person_find", {"associations": associations, "person": {"names": names}})
        except ProvisionerError as error:
            return error

    with ThreadPoolExecutor(max_workers=10) as pool:
        answers = dict(zip(groups, pool.map(one, groups), strict=True))
    by_id = {bundle.stack.association.id: bundle for bundle in bundles}
    found: dict[str, Found] = {}
    missing: dict[str, str] = {}
    kept: dict[str, list[str]] = {}
    for bundle in bundles:
        answer = answers[bundle.stack.host.name]
        expected = [instance_name(bundle.stack, service) for service in bundle.stack.services]
        if isinstance(answer, ProvisionerError):
            missing |= dict.fromkeys(expected, answer.message)
            continue
        own = f"{bundle.stack.association.id}{SEPARATOR}"  # a host speaks for nobody else's instances
        found |= {name: each for name, each in answer["instances"].items() if name.startswith(own)}
        missing |= {name: _("not on the host yet: apply it") for name in expected if name not in answer["instances"]}
        missing |= {name: why for name, why in answer.get("failed", {}).items() if name.startswith(own)}
        for name in answer.get("removed", []):
            if name.startswith(own):
                text = _("it was removed, but its data are still on the host; next: provisioner purge {service}")
                missing[name] = text.format(service=service_of(name))
        kept |= {name: states for name, states in answer.get("kept", {}).items() if name.startswith(own)}
    owners = {name: by_id[name.partition(SEPARATOR)[0]] for name in (*found, *missing)}
    return Search(dict(sorted(found.items())), dict(sorted(missing.items())), owners, kept)


def export(bundle: Bundle, instance: str, subject: str, ask: Ask) -> dict[str, bytes]:
    """Return file name -> content of what an instance has of a subject.

    Raise ProvisionerError when the host fails, or when a file is not what its hash says.
    """
    try:
        answer = ask(bundle, "person_export", {"instance": instance, "subject": subject})
    except ProvisionerError as error:
        if "too_large" in f"{error.message} {error.hint}":
            text = _("more than 64 MB: run its export by hand (`provisioner run`) and add it to the dossier")
            raise ProvisionerError(text) from error
        raise
    files = {}
    for each in answer["files"]:
        try:
            content = base64.b64decode(each["bytes_base64"], validate=True)
        except binascii.Error:
            content = b""
        if not NAME.fullmatch(str(each["name"])) or hashlib.sha256(content).hexdigest() != each["sha256"]:
            text = _("{instance}: the file {name} did not arrive whole")
            raise ProvisionerError(text.format(instance=instance, name=each["name"]), _("Run this again."))
        files[str(each["name"])] = content
    return files


def erase(bundle: Bundle, instance: str, subjects: list[str], names: list[str], ask: Ask) -> dict[str, Any]:
    """Erase a person from an instance; return what the host says. Raise ProvisionerError."""
    request = {"instance": instance, "subjects": subjects, "person": {"names": names}, "dry_run": False}
    return ask(bundle, "person_erase", request)
