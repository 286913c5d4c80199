"""Bring hosts from what is to what is wished, or only tell what would change. One playbook run for all hosts."""

import base64
import io
import json
import zipfile
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import Any

from provisioner.access import access_request
from provisioner.bundle import Bundle
from provisioner.catalog import Catalog
from provisioner.commands import ansible
from provisioner.errors import InputError, ProvisionerError, raise_all
from provisioner.firewall import ssh_from
from provisioner.follow import Follower
from provisioner.harden.plan import plan as hardening_plan
from provisioner.i18n import _
from provisioner.limits import limits_files
from provisioner.load import Document, load_yaml
from provisioner.models.report import HostReport, Report
from provisioner.models.stack import Stack
from provisioner.names import check_names
from provisioner.paths import PACKAGE
from provisioner.playbook import play, private_folder
from provisioner.portal import portal_domain
from provisioner.protection_refusals import refusals
from provisioner.render import PROXY, Tree, domains_of, instance_name, render_host
from provisioner.secrets import Secrets, complete, ensure_secrets, read_secrets
from provisioner.ssh import Facts, look
from provisioner.wishes import differing, remembered, together, whose_level, wish_files

Say = Callable[[str, str, str], None]


def converge(
    bundles: list[Bundle], catalog: Catalog, *, check: bool, remove: bool, say: Say
) -> tuple[Report, dict[str, Tree]]:
    """Given stacks, converge (or with `check` only predict) every host they name. Return the report and the trees.

    `say` is told (host, instance or role task, step) as things happen. Raise ProvisionerError before anything is
    touched when a host is described twice differently, a lock is incomplete, or no host can be used.
    """
    groups = by_host(bundles)
    _refuse(bundles, catalog, say)
    for bundle in bundles:
        _check_names(bundle, catalog, say)
    said = {b.stack.association.id: b.protection for b in bundles if b.protection}
    trees = {name: render_host([(b.stack, b.lock) for b in group], catalog, said) for name, group in groups.items()}
    for group in groups.values():
        ssh_from(bundle.stack for bundle in group)
    hosts, asked, lost = _look(groups, say)
    steady = _steady(bundles, catalog)
    with private_folder() as folder:
        requests = folder / "requests"
        requests.mkdir(mode=0o700)
        for name in hosts:
            _write_requests(requests, name, trees[name], _secrets(groups[name], catalog, check), remove, steady)
            for part, text in asked[name].items():
                (requests / f"{name}.{part}").write_text(text, "utf-8")
        (requests / "program").write_text(base64.b64encode(host_program()).decode(), "ascii")
        follower = Follower(list(hosts), check, say)
        play(folder, ansible.inventory(hosts, requests), check, follower.event)
    report = follower.report()
    return Report(check=check, hosts=[*report.hosts, *lost]), trees


Asked = dict[str, str]


def _look(
    groups: dict[str, list[Bundle]], say: Say
) -> tuple[dict[str, ansible.HostFacts], dict[str, Asked], list[HostReport]]:
    """Look at every host, side by side. Return the facts of those that can be used, what each role of the host as a
    whole is asked there, and a report for each other host.

    Raise ProvisionerError when none can be used, InputError when another association of a host wishes otherwise.
    """

    def one(name: str) -> tuple[ansible.HostFacts, Asked] | ProvisionerError:
        first = groups[name][0]
        host, known_hosts = first.stack.host, first.beside(first.stack.host.known_hosts)
        key = str(first.beside(host.key)) if host.key else ""
        say(name, "", _("looking"))
        try:
            facts = look(host, known_hosts, key)
            asked = _of_the_host(name, [bundle.stack for bundle in groups[name]], facts, say)
        except ProvisionerError as error:
            return error
        insecure = sorted({b.stack.images.registry for b in groups[name] if b.stack.images.insecure} - {""})
        return (host, known_hosts.resolve(), key, facts.debian_release, insecure), asked

    with ThreadPoolExecutor(max_workers=10) as pool:
        found = dict(zip(groups, pool.map(one, groups), strict=True))
    for error in found.values():
        if isinstance(error, InputError):
            raise error
    usable = {name: facts for name, facts in found.items() if not isinstance(facts, ProvisionerError)}
    errors = {name: error for name, error in found.items() if isinstance(error, ProvisionerError)}
    if not usable:
        raise next(iter(errors.values()))
    lost = [HostReport(host=name, failures=[f"{e.message}\n  {e.hint}"]) for name, e in errors.items()]
    return {name: one[0] for name, one in usable.items()}, {name: one[1] for name, one in usable.items()}, lost


def _refuse(bundles: list[Bundle], catalog: Catalog, say: Say) -> None:
    """Raise InputError with all that data protection forbids; tell where nobody has said anything about it."""
    findings = []
    for bundle in bundles:
        if not bundle.answers:
            say(
                bundle.stack.host.name,
                "",
                _("no gdpr.yaml beside {path}: provisioner gdpr init").format(path=bundle.path),
            )
        document = load_yaml(bundle.path) if bundle.path.is_file() else Document(str(bundle.path))
        findings += refusals(bundle.stack, document, bundle.answers, catalog)
    if findings:
        raise InputError(_("Data protection forbids this. Nothing was changed."), findings)


def _check_names(bundle: Bundle, catalog: Catalog, say: Say) -> None:
    stack = bundle.stack
    if stack.certificates == "acme":
        names = [domain for name in stack.services for domain in domains_of(stack, name, catalog.entry(name))]
        names += [portal_domain(stack)] if stack.portal else []
        for warning in check_names(names, stack.host.address):
            say(stack.host.name, "", warning)


def by_host(bundles: list[Bundle]) -> dict[str, list[Bundle]]:
    """Group stacks by the host they run on. Raise InputError when they describe one host differently."""
    groups: dict[str, list[Bundle]] = {}
    for bundle in bundles:
        group = groups.setdefault(bundle.stack.host.name, [])
        if group and (group[0].stack.host.address, group[0].stack.host.port) != (
            bundle.stack.host.address, bundle.stack.host.port,
        ):  # fmt: skip
            message = _("host '{name}' has one address in {one} and another in {other}")
            raise InputError(message.format(name=bundle.stack.host.name, one=group[0].path, other=bundle.path))
        if group:
            _same_security(group[0], bundle)
        group.append(bundle)
    return groups


def _same_security(one: Bundle, other: Bundle) -> None:
    """Raise InputError with all that two stacks of one host want different; of two levels the stricter one counts."""
    hint = _("It holds for the whole host: write the same in both files.")
    errors = []
    for field, (left, right) in differing(one.stack.security, other.stack.security).items():
        message = _("host '{name}': security.{field} is {left} in {one} and {right} in {other}")
        values = {"field": field, "left": left, "right": right, "one": one.path, "other": other.path}
        errors.append(InputError(message.format(name=one.stack.host.name, **values), hint=hint))
    raise_all(errors, _("Stacks of one host contradict each other."))


def _of_the_host(name: str, given: list[Stack], facts: Facts, say: Say) -> Asked:
    """Return what the roles that see to a host as a whole are asked for, with what others on it wish.

    Raise InputError when others wish otherwise, ProvisionerError when it would shut us out.
    """
    others = remembered(name, facts.wishes)
    stacks = together(name, given, others)
    if stricter := whose_level(given, others):
        level = stacks[0].security.level
        say(name, "", _("level {level}, which '{name}' on this host wishes").format(level=level, name=stricter))
    wished = hardening_plan(stacks[0].security.effective, facts.debian_release, stacks[0].security)
    access = access_request(stacks, facts.debian_release, facts.source, facts.ssh_port)
    return {
        "access": json.dumps(access),
        "hardening": base64.b64encode(json.dumps(wished).encode()).decode(),
        "limits": json.dumps(limits_files(stacks)),
        "wishes": json.dumps(wish_files(given)),
    }


def _secrets(group: list[Bundle], catalog: Catalog, check: bool) -> Secrets:
    """Return the secrets of all stacks of a host. A plan makes none: those still missing show up as new."""
    result: Secrets = {}
    for bundle in group:
        if check:
            result.update(complete(read_secrets(bundle.secrets_path), bundle.stack, catalog))
        else:
            result.update(ensure_secrets(bundle.secrets_path, bundle.stack, catalog))
    return result


def _steady(bundles: list[Bundle], catalog: Catalog) -> dict[str, list[str]]:
    """Return per instance the secrets that another file alone does not change: `secrets rotate` does."""
    return {
        instance_name(bundle.stack, service): [
            name
            for name, secret in catalog.entry(service).service.secrets.items()
            if not secret.given and secret.rotate != "restart"
        ]
        for bundle in bundles
        for service in bundle.stack.services
    }


def _write_requests(
    folder: Path, host: str, tree: Tree, secrets: Secrets, remove: bool, steady: dict[str, list[str]]
) -> None:
    """Write what the host program is asked for: the proxy first, then every instance. Compressed, for our eyes only."""
    data = tree.data()
    parts: dict[str, dict[str, Any]] = {
        "proxy": {PROXY: tree.instances[PROXY]},
        "instances": {name: value for name, value in tree.instances.items() if name != PROXY},
    }
    for part, instances in parts.items():
        used = {sha for value in instances.values() for sha in value["files"].values()}
        desired = {
            "associations": data["associations"] if part == "instances" else [],
            "blobs": {sha: tree.blobs[sha] for sha in used},
            "instances": instances,
            "remove": remove,
        }
        mine = {name: values for name, values in secrets.items() if name in instances}
        request = {"desired": desired, "secrets": mine, "steady": steady}
        packed = base64.b64encode(zlib.compress(json.dumps(request).encode(), 1))
        (folder / f"{host}.{part}").write_bytes(packed)


@lru_cache
def host_program() -> bytes:
    """Return the host program as one runnable zip file, the same bytes every time."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted((PACKAGE / "host").glob("*.py")):
            archive.writestr(zipfile.ZipInfo(f"host/{path.name}"), path.read_text("utf-8"))
        start = "import sys\nfrom host.__main__ import main\nsys.exit(main())\n"
        archive.writestr(zipfile.ZipInfo("__main__.py"), start)
    return buffer.getvalue()
