"""Prune a destination that refuses to delete for its host, from a machine and with a login that may."""

import json
import re
import time
from datetime import datetime
from typing import Any
from urllib.parse import quote

from provisioner import runner
from provisioner.bundle import Bundle
from provisioner.commands import restic
from provisioner.errors import InputError
from provisioner.i18n import _
from provisioner.models.backup import Destination
from provisioner.saving import instance
from provisioner.secrets import read_secrets

UNITS = {"y": 365 * 86400, "m": 28 * 86400, "d": 86400, "h": 3600}
FUTURE = 3600  # seconds that clocks may differ


def environment(bundle: Bundle, about: Destination, url: str, user: str, password: str) -> dict[str, str]:
    """Return what restic reads: the destination's key from secrets.age, and another way in than the host has."""
    key = read_secrets(bundle.secrets_path).get(instance(bundle, "backup"), {}).get(f"key_{about.name}", "")
    if not key:
        raise InputError(_("secrets.age holds no key of {name}").format(name=about.name))
    return answers(url, key, user, password)


def answers(url: str, key: str, user: str, password: str) -> dict[str, str]:
    """Return what restic reads: the repository with its login inside, the key and, for S3, its credentials."""
    if url.startswith("rest:") and user:
        scheme, _sep, rest = url.removeprefix("rest:").partition("://")
        url = f"rest:{scheme}://{quote(user, safe='')}:{quote(password, safe='')}@{rest}"
    login = {"AWS_ACCESS_KEY_ID": user, "AWS_SECRET_ACCESS_KEY": password} if url.startswith("s3:") else {}
    return {"RESTIC_REPOSITORY": url, "RESTIC_PASSWORD": key, **login}


def refuse(found: list[dict[str, Any]], within: str, now: float) -> None:
    """Raise InputError when ages are not to be trusted, or an instance would keep nothing.

    restic counts `--keep-within` from the newest snapshot of an instance: one from the future lets all others go.
    """
    newest: dict[str, float] = {}
    for each in found:
        when = datetime.fromisoformat(re.sub(r"\.\d+", "", each["time"]).replace("Z", "+00:00")).timestamp()
        newest[each["hostname"]] = max(when, newest.get(each["hostname"], 0))
    span = sum(int(number) * UNITS[unit] for number, unit in re.findall(r"(\d+)([ymdh])", within))
    for name, when in sorted(newest.items()):
        day = time.strftime("%Y-%m-%d", time.localtime(when))
        if when > now + FUTURE:
            text = _("the newest snapshot of {name} is from the future ({day}): nothing is pruned")
            raise InputError(
                text.format(name=name, day=day), hint=_("Somebody may have added it to push good ones out.")
            )
        if when < now - span:
            text = _("the newest snapshot of {name} is of {day}, older than {within}: nothing is pruned")
            raise InputError(text.format(name=name, day=day, within=within), hint=_("See why it is not backed up."))


def listed(where: dict[str, str]) -> list[dict[str, Any]]:
    """Return all snapshots of the repository. Raise ProvisionerError."""
    text = runner.run(restic.snapshots(), environment=where, timeout=600, secrets=_secret(where)).stdout
    found: list[dict[str, Any]] = json.loads(text or "[]") or []
    return found


def forget(where: dict[str, str], within: str, dry: bool) -> str:
    """Let old snapshots go, or only tell which. Return what restic printed. Raise ProvisionerError."""
    return runner.run(restic.forget(within, dry), environment=where, secrets=_secret(where)).stdout


def _secret(where: dict[str, str]) -> list[str]:
    return [value for name, value in where.items() if name != "RESTIC_REPOSITORY" and value]
