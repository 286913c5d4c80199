"""One audit of one host: every auditor that was asked for, side by side where that helps, on one scorecard."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from provisioner.audit import goals, oscap, outer, there
from provisioner.bundle import Bundle
from provisioner.catalog import Catalog
from provisioner.documents.audit_words import words
from provisioner.errors import ProvisionerError
from provisioner.i18n import _, language
from provisioner.models.scorecard import AUDITORS, FORMAT, Audited, AuditorName, Content, Profile, Scorecard
from provisioner.models.security import Level, strictest

Say = Callable[[str, str, str], None]
Task = Callable[[], Audited]
PROFILES: tuple[Profile, ...] = ("anssi_bp28_minimal", "anssi_bp28_intermediary", "cis_level1_server")
DEEP: Profile = "anssi_bp28_enhanced"


@dataclass(frozen=True)
class Wish:
    """What is asked of an audit; `level` is that of the host, whose own profile is asked without a word."""

    only: tuple[AuditorName, ...] = ()
    deep: bool = False
    content: Path | None = None
    scan_from: str = ""
    level: Level = "none"

    def wants(self, name: AuditorName) -> bool:
        """Say whether an auditor is asked."""
        return name in self.only if self.only else name != DEEP or self.deep or self.level == "enhanced"

    @property
    def profiles(self) -> list[Profile]:
        """Return the profiles of OpenSCAP that are asked for."""
        return [name for name in oscap.LEAST if self.wants(name)]


def audit(group: list[Bundle], catalog: Catalog, wish: Wish, say: Say) -> Scorecard:
    """Given the stacks of one host, have it judged and return its scorecard. Raise ProvisionerError when it is silent.

    An auditor that cannot run is on the scorecard with the reason: what nobody looked at is never good.
    """
    first, began = group[0], time.gmtime()
    level = strictest([bundle.stack.security.effective for bundle in group])
    there.send_program(first)
    facts = there.ask(first, "look")
    with there.uncounted(first):
        results, content = _judged(group, catalog, replace(wish, level=level), facts, say)
    auditors = [results[name] for name in AUDITORS if name in results]
    return Scorecard(
        format=FORMAT,
        host=first.stack.host.name,
        time=time.strftime("%Y-%m-%dT%H:%M:%SZ", began),
        release=int(facts.get("release", 0)),
        level=level,
        stacks=sorted(bundle.stack.association.id for bundle in group),
        container=bool(facts.get("container")),
        content=Content.model_validate(content) if content else None,
        auditors=auditors,
        goals=goals.judge(level, auditors),
    )


def _judged(
    group: list[Bundle], catalog: Catalog, wish: Wish, facts: there.Answer, say: Say
) -> tuple[dict[AuditorName, Audited], Any]:
    """Return what each auditor says, and which SCAP content there was."""
    first, host = group[0], group[0].stack.host.name
    results: dict[AuditorName, Audited] = {}
    blocked = _prepare(first, wish, facts, partial(say, host, ""), results)
    with ThreadPoolExecutor(6) as light, ThreadPoolExecutor(2) as heavy:
        waiting = {name: light.submit(guarded, name, task) for name, task in _light(group, catalog, wish).items()}
        tasks = {} if blocked else _profiles(first, wish, facts)
        if wish.wants("lynis") and "lynis" not in results:
            tasks["lynis"] = partial(there.lynis, first)
        waiting |= {name: heavy.submit(guarded, name, task) for name, task in tasks.items()}
        for name, future in waiting.items():
            future.add_done_callback(partial(_tell, say, host, name))
        _watch(waiting, partial(say, host, ""))
        results |= {name: future.result() for name, future in waiting.items()}
    content = there.ask(first, "look").get("content") if wish.profiles and not blocked else None
    if wish.wants("ssh_audit"):  # last, when nobody else needs SSH: the server may keep us away for a while
        results["ssh_audit"] = guarded("ssh_audit", partial(outer.ssh_audit, first.stack.host))
        say(host, "", _said(results["ssh_audit"]))
    return results, content


def guarded(name: AuditorName, task: Task) -> Audited:
    """Return what an auditor says; where it breaks, that it did: the others' minutes of work are not lost with it."""
    try:
        return task()
    except ProvisionerError as error:
        detail = error.message
    except Exception as error:  # a tool or host that answers as none did before: told, never green
        detail = f"{type(error).__name__}: {error}"[:300]
    return Audited(name=name, not_run=words().reason("failed", detail=detail))


def _light(group: list[Bundle], catalog: Catalog, wish: Wish) -> dict[AuditorName, Task]:
    """Return what can run beside everything else."""
    tasks: dict[AuditorName, Task] = {
        "ports": partial(outer.ports, group, catalog, wish.scan_from),
        "docker": partial(there.containers, group[0], catalog),
    }
    if wish.only or outer.names_of(group, catalog):
        tasks["web"] = partial(outer.sites, group, catalog, wish.deep)
    return {name: task for name, task in tasks.items() if wish.wants(name)}


def _profiles(bundle: Bundle, wish: Wish, facts: there.Answer) -> dict[AuditorName, Task]:
    """Return the evaluations, the long ones first."""
    release, inside = int(facts.get("release", 0)), bool(facts.get("container"))
    return {name: partial(there.evaluate, bundle, name, release, inside) for name in reversed(wish.profiles)}


def _prepare(
    bundle: Bundle, wish: Wish, facts: there.Answer, say: Callable[[str], None], results: dict[AuditorName, Audited]
) -> bool:
    """Install what OpenSCAP and Lynis need; say why they cannot run. Return whether no profile can be evaluated."""
    profiles = wish.profiles
    if not profiles and not wish.wants("lynis"):
        return True
    error: there.Answer = facts if "error" in facts else {}
    if not error and facts["missing"]:
        say(_("installing {names} (audit --remove takes them away)").format(names=", ".join(facts["missing"])))
        installed = there.ask(bundle, "install")
        if "error" in installed:
            error = {"error": "not_installed", "detail": installed.get("detail", "")}
        elif "linux-base" not in installed["versions"]:
            error = {"error": "no_kernel_package"}
    if error and wish.wants("lynis"):
        results["lynis"] = oscap.not_run("lynis", error)
    if not error and profiles and facts["container_mark"]:
        error = {"error": "container_mark"}
    if not error and profiles:
        say(_("looking for SCAP content"))
        content = there.content(bundle, wish.content)
        error = content if "error" in content else {}
    if error:
        results |= {profile: oscap.not_run(profile, error) for profile in profiles}
    return bool(error)


def _watch(waiting: dict[AuditorName, Future[Audited]], say: Callable[[str], None]) -> None:
    """Say each half minute who is still at work, until all are done."""
    left = set(waiting.values())
    while left:
        left = wait(left, timeout=30).not_done
        if left:
            names = [words().auditors[name].in_language(language()) for name, each in waiting.items() if each in left]
            say(_("still at work: {names}").format(names=", ".join(names)))


def _tell(say: Say, host: str, name: AuditorName, future: Future[Audited]) -> None:
    if not future.exception():
        say(host, "", _said(future.result()))


def _said(audited: Audited) -> str:
    name = words().auditors[audited.name].in_language(language())
    if audited.not_run is not None:
        return _("{name}: {state}").format(name=name, state=words().page["not_run"].in_language(language()))
    return _("{name}: done in {seconds} s").format(name=name, seconds=round(audited.seconds))
