"""What a proof plays on: one rehearsal host, and stacks of two associations that want the same service."""

import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from provisioner import lab
from provisioner.apply import converge
from provisioner.bundle import Bundle
from provisioner.catalog import Catalog, CatalogEntry
from provisioner.i18n import _
from provisioner.images import stand_in
from provisioner.images_recipes import load_images, load_recipes
from provisioner.load import Document
from provisioner.lock import build_for_lab, write_lock
from provisioner.models.protection import Protection
from provisioner.models.report import Report
from provisioner.models.stack import Lock, Stack
from provisioner.protection import Answers
from provisioner.remote import ask, execute
from provisioner.render import SEPARATOR
from provisioner.secrets import ensure_secrets, own_recipient
from provisioner.stackfile import stack_text

Say = Callable[[str], None]
ONE, TWO, FAR = "one", "two", "far"


class Fell(Exception):
    """A rung that was not climbed; the message says what was found instead."""


class LeftOut(Exception):
    """A rung that this service cannot have; the message says why."""


@dataclass
class Stage:
    """A service under proof. `markers` holds what a user wrote in each association's instance.

    `far` is a second host, once a rung needs it; `backup` the block of that name in the first association's stack.
    """

    entry: CatalogEntry
    catalog: Catalog
    host: lab.LabHost
    folder: Path
    say: Say
    current: Lock
    previous: Lock | None = None
    no_previous: str = ""
    bundles: dict[str, Bundle] = field(default_factory=dict)
    markers: dict[str, str] = field(default_factory=dict)
    domains: dict[str, str] = field(default_factory=dict)
    far: lab.LabHost | None = None
    far_marker: str = ""
    backup: dict[str, Any] | None = None
    memory_mb: int = 0
    declared_mb: int = 0

    def instance(self, who: str) -> str:
        """Return the name of the service's instance of one association."""
        return f"{who}{SEPARATOR}{self.entry.name}"

    def write(self, who: str, lock: Lock, *, domain: str = "", with_service: bool = True) -> Bundle:
        """Write the stack of an association (again) with a lock, and keep it for `apply`."""
        self.domains[who] = domain or self.domains.get(who) or f"{who}.lab.test"
        stack = _stack(self, who, self.domains[who], with_service)
        path = self.folder / who / "stack.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(stack_text(stack, self.catalog, "en"), "utf-8")
        write_lock(path.parent / "stack.lock.yaml", lock)
        bundle = Bundle(path, stack, lock, _answers(path))
        ensure_secrets(bundle.secrets_path, stack, self.catalog)
        self.bundles[who] = bundle
        return bundle

    def apply(self, who: str, remove: bool = False) -> Report:
        """Apply an association's stack. Raise Fell when anything went wrong."""
        report, _trees = converge([self.bundles[who]], self.catalog, check=False, remove=remove, say=_quiet)
        if not report.ok:
            raise Fell(_("apply failed: {report}").format(report=failure_of(report)))
        return report

    def settled(self, who: str) -> None:
        """Apply once more: nothing may change, and no container may be made or started anew."""
        before = self.containers(who)
        if self.apply(who).changed:
            raise Fell(_("applied again, something changed"))
        if self.containers(who) != before:
            raise Fell(_("applied again, containers were made or started anew"))

    def put(self, who: str) -> None:
        """Write a marker as a user would."""
        marker = f"proof{secrets.token_hex(8)}"
        self._probe(who, marker, write=True)
        self.markers[who] = marker

    def get(self, who: str, marker: str = "") -> None:
        """Read back what was written (or another marker). Raise Fell when it is not there."""
        self._probe(who, marker or self.markers[who], write=False)

    def _probe(self, who: str, marker: str, write: bool) -> None:
        name = self.instance(who)
        request = {"associations": [who], "only": [name], "markers": {name: marker}, "write": write}
        found = ask(self.bundles[who], "probe", request)["instances"].get(name, {"ok": False, "message": "not there"})
        if not found["ok"]:
            raise Fell(found["message"])

    def status(self, who: str) -> dict[str, Any]:
        """Return what the host tells of the association's instance; {} when it is not there."""
        found = ask(self.bundles[who], "status", {"associations": [who]})["instances"]
        return dict(found.get(self.instance(who), {}))

    def run(self, line: str, check: bool = True) -> str:
        """Run a shell line as root on the host. Raise Fell when it ends badly."""
        return self.execute(self.bundles.get(ONE) or next(iter(self.bundles.values())), line, check)

    def execute(self, bundle: Bundle, line: str, check: bool = True) -> str:
        """Run a shell line as root on the host of a stack. Raise Fell when it ends badly."""
        from shlex import quote

        output, error, code = execute(bundle, f"sh -c {quote(line)}")
        if code and check:
            raise Fell(_("{line}: {error}").format(line=line, error=error.strip() or code))
        return output

    def containers(self, who: str) -> list[str]:
        """Return identifier and start of each container of the association's instance."""
        chosen = f"--filter label=com.docker.compose.project={self.instance(who)}"
        form = "{{.Name}} {{.Id}} {{.State.StartedAt}}"
        return sorted(self.run(f"docker ps -aq {chosen} | xargs -r docker inspect --format '{form}'").splitlines())


def prepare(entry: CatalogEntry, catalog: Catalog, host: lab.LabHost, folder: Path, say: Say) -> Stage:
    """Return the stage for a service: images built and pushed, nothing applied yet. It has an identity of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    os.environ["PROVISIONER_IDENTITY"] = str(folder / "identity.txt")
    own_recipient(create=True)
    stage = Stage(entry, catalog, host, folder, say, Lock(lock="1.0", images={}))
    stack = _stack(stage, ONE, "one.lab.test", with_service=True)
    stage.current = build_for_lab(stack, catalog, lab.registry(say), say)
    stage.declared_mb = declared_memory(stage)
    return stage


def declared_memory(stage: Stage) -> int:
    """Return the idle memory that is declared, in MB: that of the stand-in where it runs and takes another amount."""
    entry = stage.entry
    main = entry.compose.services[entry.service.upgrade.version_of].image
    image = stand_in(main, load_images(stage.catalog.folder))
    recipe = load_recipes(stage.catalog.folder).get(image.folder.parent.name) if image else None
    replaced = stage.current.images[main].source == "stand-in"
    return (recipe.memory_mb if recipe and replaced else 0) or entry.service.resources.memory_mb


def failure_of(report: Report) -> str:
    """Return what went wrong in a report, in one text."""
    rows = [str(each) for host in report.hosts for each in (*host.refused, *host.failures)]
    sick = [item for host in report.hosts for item in host.instances if item.ok is False]
    rows += [f"{item.instance}: {item.message} | " + " | ".join(item.logs[-4:]) for item in sick]
    return "; ".join(rows)[:2000]


def _answers(path: Path) -> Answers:
    """Return what an association at home on its own host says of data protection: nothing but the defaults."""
    data = {
        "gdpr": "1.0", "created": "2026-01-01", "updated": "2026-01-01", "own_host": True,
        "controller": {"name": "Proof", "address": "1 rue de l'Essai", "representative": {"name": "A. Essai"}},
        "officer": {"name": "A. Essai", "email": "contact@example.org"},
    }  # fmt: skip
    return Answers(path.with_name("gdpr.yaml"), Protection.model_validate(data), Document("gdpr.yaml", data))


def _stack(stage: Stage, who: str, domain: str, with_service: bool) -> Stack:
    host = stage.far if who == FAR and stage.far else stage.host
    data: dict[str, Any] = {
        "stack": "1.0",
        "association": {"id": who, "name": f"Association {who}", "contact": "contact@example.org", "language": "fr"},
        "domain": domain,
        "certificates": "internal",
        "host": {
            "name": host.name, "address": host.address, "port": host.port, "user": host.user,
            "key": str(host.key_file), "known_hosts": str(host.known_hosts),
        },
        "images": {"source": "build", "registry": lab.registry().pull, "insecure": True},
        "recipients": [own_recipient()],
        "services": {stage.entry.name: {}} if with_service else {},
    }  # fmt: skip
    if who == ONE and stage.backup:
        data["backup"] = stage.backup
    return Stack.model_validate(data)


def _quiet(_host: str, _instance: str, _step: str) -> None:
    """Say nothing: the rungs themselves are told."""
