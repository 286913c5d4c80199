"""Which measures a host gets, as plain JSON for the role `hardening`. Pure: it knows no host."""

from typing import Any

from provisioner.harden.data import rules
from provisioner.harden.model import Measure
from provisioner.models.security import Level, Security

UMASK: dict[Level, str] = {"minimal": "022", "intermediary": "027", "enhanced": "077"}
MODPROBE = "/etc/modprobe.d/provisioner.conf"
Plan = dict[str, Any]


def plan(level: Level, release: int, security: Security) -> Plan:
    """Given the level that counts, the Debian release and the host's settings, return what is to be done there.

    Level "none" gives an empty plan: nothing is done, and nothing that was done before is undone.
    """
    chosen = [measure for measure in rules().measures if measure.holds(level)]
    if not chosen:
        return {}
    words = _words(level, release, security)
    result: Plan = {
        "level": level,
        "measures": [measure.id for measure in chosen],
        "packages": sorted({name for measure in chosen for name in measure.packages}),
        "files": {path: file for measure in chosen for path, file in _files(measure, words).items()},
        "edits": [edit for measure in chosen for edit in _edits(measure, words)],
        "modes": {path: item.model_dump() for measure in chosen for path, item in measure.modes.items()},
        "groups": sorted({name for measure in chosen for name in measure.groups}),
        "accounts": sorted({number for measure in chosen for number in measure.accounts}),
        "root_password_age": max((m.root_password_age or 0 for m in chosen), default=0),
        "sysctls": [
            {"measure": m.id, "when": m.when, "set": {k: str(v) for k, v in m.sysctls.items()}}
            for m in chosen if m.sysctls
        ],
        "mounts": {path: options for measure in chosen for path, options in measure.mounts.items()},
        "units": sorted({unit for measure in chosen for unit in measure.units}),
        "optional_units": {unit: ability for m in chosen for unit, ability in m.optional_units.items()},
    }  # fmt: skip
    blocked = sorted({name for measure in chosen for name in measure.modules})
    if blocked:
        lines = [f"install {name} /bin/false\nblacklist {name}\n" for name in blocked]
        result["files"][MODPROBE] = {"content": "".join(lines), "mode": "0644", "restart": "", "kind": "", "check": []}
    return result


def _words(level: Level, release: int, security: Security) -> dict[str, str]:
    never = security.reboot == "never"
    return {
        "@log_days@": str(security.log_days),
        "@log_months@": str(-(-security.log_days // 30)),
        "@reboot_allowed@": "false" if never else "true",
        "@reboot_time@": "04:00" if never else security.reboot,
        "@umask@": UMASK[level],
        "@release@": str(release),
    }


def _fill(text: str, words: dict[str, str]) -> str:
    for word, value in words.items():
        text = text.replace(word, value)
    return text


def _files(measure: Measure, words: dict[str, str]) -> dict[str, dict[str, Any]]:
    return {
        path: {
            "content": _fill(file.content, words), "mode": file.mode, "restart": file.restart,
            "kind": "pam" if file.pam else "audit" if file.audit else "", "check": file.check,
        }
        for path, file in measure.files.items()
    }  # fmt: skip


def _edits(measure: Measure, words: dict[str, str]) -> list[dict[str, Any]]:
    """Return the changes in files of the distribution: keys, lines, options of PAM modules."""
    found: list[dict[str, Any]] = []
    for path, values in measure.values.items():
        given = {key: _fill(value, words) for key, value in values.set.items()}
        found.append({"path": path, **values.model_dump(exclude={"set"}), "set": given})
    for path, lines in measure.lines.items():
        items = [{"match": item.match, "line": _fill(item.line, words)} for item in lines]
        found.append({"path": path, "form": "lines", "lines": items, "restart": ""})
    for path, modules in measure.pam_options.items():
        found.append({"path": path, "form": "pam", "options": modules, "restart": ""})
    return found
