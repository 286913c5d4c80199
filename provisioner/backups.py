"""What a host must know to back up an association by itself: an instance without containers. Pure, no secret inside."""

import json
from typing import Any

from provisioner.host.layout import BACKUP
from provisioner.models.protection import Protection
from provisioner.models.stack import Lock, Stack


def backup_files(stack: Stack, lock: Lock, answers: Protection | None = None) -> tuple[dict[str, str], dict[str, Any]]:
    """Given a stack with backups and its lock, return the files (path -> text) of its settings and the facts of them.

    Stack and lock go along whole: with the keys beside them they are what a bare host is rebuilt from.
    """
    facts: dict[str, Any] = {"association": stack.association.id, "service": BACKUP, "containers": []}
    about = {**facts, "title": "", "version": "", "version_of": "", "variables": {"domain": stack.domain}}
    files = {
        "instance.json": _text(about),
        "backup.json": _text(settings_of(stack)),
        "stack.json": _text(stack.model_dump(mode="json", exclude_none=True, exclude_defaults=True) | {"stack": "1.0"}),
        "lock.json": _text(lock.model_dump(mode="json")),
    }
    if answers:
        files["gdpr.json"] = _text(answers.model_dump(mode="json", by_alias=True, exclude_defaults=True))
    return files, {**facts, "ways": 0, "disk_mb": 0}


def settings_of(stack: Stack) -> dict[str, Any]:
    """Return backup.json: the stack's block `backup`, whom it concerns, and how alerts are sent by e-mail."""
    if stack.backup is None:
        raise ValueError("this stack has no backups")
    about, chosen = stack.association, stack.backup
    data: dict[str, Any] = {
        "association": about.id, "name": about.name, "contact": about.contact, "language": about.language,
        **chosen.model_dump(mode="json", exclude={"late_hours", "mail"}), "check_days": 1,
        "alerts": {"late_hours": chosen.late_hours},
    }  # fmt: skip
    if stack.mail:
        relay, sender = stack.mail, stack.mail.sender or about.contact
        data["mail"] = {
            "host": relay.host, "port": relay.port, "security": relay.security, "user": relay.user, "sender": sender,
            "to": chosen.mail or [about.contact],
        }  # fmt: skip
    return data


def _text(data: Any) -> str:
    return json.dumps(data, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
