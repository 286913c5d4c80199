"""A stack's folder: stack.yaml, stack.lock.yaml, gdpr.yaml, secrets.age, known_hosts. Load and check them together."""

import re
from dataclasses import dataclass
from pathlib import Path

from provisioner.bundle_backup import check_backup
from provisioner.catalog import Catalog
from provisioner.durations import check_bound, log_days
from provisioner.errors import Finding, InputError
from provisioner.explain import suggest_or_list
from provisioner.i18n import _
from provisioner.load import Document, load_model, load_yaml, model_from
from provisioner.models.protection import Protection
from provisioner.models.stack import Lock, Stack
from provisioner.protection import Answers, load_answers


@dataclass(frozen=True)
class Bundle:
    """One stack with its folder and lock."""

    path: Path
    stack: Stack
    lock: Lock
    answers: Answers | None = None

    @property
    def protection(self) -> Protection | None:
        """Return what gdpr.yaml says, or None where there is none."""
        return self.answers.data if self.answers else None

    @property
    def folder(self) -> Path:
        """Return the folder in which lock, secrets and known_hosts lie."""
        return self.path.parent

    @property
    def secrets_path(self) -> Path:
        """Return the encrypted file of secrets."""
        return self.folder / "secrets.age"

    def beside(self, name: str) -> Path:
        """Return a path as stack.yaml means it: relative to its folder, ~ for the home."""
        return self.folder / Path(name).expanduser()


def load_bundle(path: Path, catalog: Catalog) -> Bundle:
    """Given a stack.yaml (or its folder), return the Bundle. Raise InputError with every finding."""
    path = path / "stack.yaml" if path.is_dir() else path
    document = load_yaml(path)
    stack = model_from(document, Stack)
    findings = check_stack(stack, document, catalog)
    if findings:
        raise InputError(_("The stack has errors."), findings)
    lock_path = path.parent / "stack.lock.yaml"
    lock = load_model(lock_path, Lock) if lock_path.is_file() else Lock(lock="1.0", images={})
    answers = load_answers(path.parent, stack)
    findings = list(check_bound(stack, document, catalog.services, answers.data if answers else None))
    if findings:
        raise InputError(_("The stack has errors."), findings)
    return Bundle(path, with_log_days(stack, answers), lock, answers)


def with_log_days(stack: Stack, answers: Answers | None) -> Stack:
    """Return the stack with the duration of logs that gdpr.yaml says; without gdpr.yaml, as it is."""
    if answers is None:
        return stack
    return stack.model_copy(update={"security": stack.security.model_copy(update={"log_days": log_days(answers.data)})})


def load_alone(path: Path) -> Bundle:
    """Given a stack.yaml (or its folder), return the Bundle without asking the catalog, which may know less by now.

    Raise InputError with every finding.
    """
    path = path / "stack.yaml" if path.is_dir() else path
    lock_path = path.parent / "stack.lock.yaml"
    lock = load_model(lock_path, Lock) if lock_path.is_file() else Lock(lock="1.0", images={})
    return Bundle(path, load_model(path, Stack), lock)


def check_stack(stack: Stack, document: Document, catalog: Catalog) -> list[Finding]:
    """Return what in a stack does not fit the catalog: unknown services and settings, values of the wrong form."""
    findings = []
    for name, chosen in stack.services.items():
        if name not in catalog.services:
            text = _("no service '{name}' in the catalog;").format(name=name)
            text += suggest_or_list(name, list(catalog.services))
            findings.append(document.finding(("services", name), text))
            continue
        settings = catalog.services[name].service.settings
        for key, value in chosen.settings.items():
            place = ("services", name, "settings", key)
            if key not in settings:
                text = _("'{service}' has no setting '{key}' (it has {known})")
                text = text.format(service=name, key=key, known=", ".join(settings) or "-")
                findings.append(document.finding(place, text))
            elif not re.fullmatch(settings[key].pattern, value):
                text = _("'{value}' does not have the right form ({pattern})")
                findings.append(document.finding(place, text.format(value=value, pattern=settings[key].pattern)))
    return [*findings, *_subdomains(stack, document, catalog), *_build(stack, document), *check_backup(stack, document)]


def _subdomains(stack: Stack, document: Document, catalog: Catalog) -> list[Finding]:
    seen = {stack.portal.subdomain: "portal"} if stack.portal else {}
    findings = []
    for name, chosen in stack.services.items():
        entry = catalog.services.get(name)
        subdomain = chosen.subdomain or (entry.service.route.subdomain if entry else name)
        if subdomain in seen:
            text = _("'{one}' and '{other}' both want the name {domain}")
            text = text.format(one=seen[subdomain], other=name, domain=f"{subdomain}.{stack.domain}")
            findings.append(document.finding(("services", name, "subdomain"), text))
        seen[subdomain] = name
    return findings


def _build(stack: Stack, document: Document) -> list[Finding]:
    if stack.images.source != "registry" and not stack.images.registry:
        text = _("images built here need a registry the host can reach (host:port)")
        return [document.finding(("images", "registry"), text)]
    return []
