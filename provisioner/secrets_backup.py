"""The secrets of backups: for each destination a repository key, a login, an SSH key; and where alerts go.

They belong to the pseudo-instance <association>_backup. What a person gives is kept under the association's id. A
destination that leaves stack.yaml keeps its key here: without it, copies made earlier could never be read again.
"""

import re
import secrets as random
import string

from provisioner.errors import Finding, InputError
from provisioner.explain import suggest
from provisioner.host.layout import BACKUP
from provisioner.i18n import _
from provisioner.models.backup import Backups, Destination
from provisioner.models.stack import Stack
from provisioner.render import instance_name
from provisioner.ssh_keys import new_ssh_key

ALERT_URLS = "alert_urls"
MAIL_PASSWORD = "mail_password"  # noqa: S105 - the name of a secret
# Keys are printed on the recovery sheet and typed from it: no signs that look alike.
TYPED = "".join(sorted(set(string.ascii_letters + string.digits) - set("0O1lI")))
KEY_LENGTH, SALT_LENGTH = 48, 32
WITH_LOGIN = ("rest", "s3")
ALERT_URL = re.compile(r"[a-z][a-z0-9+.-]*://\S+", re.IGNORECASE)


def complete_backup(mine: dict[str, str], given: dict[str, str], stack: Stack) -> dict[str, str]:
    """Return the secrets of a stack's backups: those of `mine` with each missing one made, and those given.

    Those that exist stay, also of destinations that are no longer there.
    """
    result = dict(mine)
    for each in stack.backup.destinations if stack.backup else ():
        result.setdefault(f"key_{each.name}", _letters(KEY_LENGTH))
        for part in ("user", "password"):
            result[f"{part}_{each.name}"] = given.get(f"backup_{part}_{each.name}", "")
        if each.kind == "sftp" and not result.get(f"ssh_{each.name}"):
            result[f"ssh_{each.name}"] = new_ssh_key()
    if stack.backup:
        result[ALERT_URLS] = given.get(ALERT_URLS, "")
        result[MAIL_PASSWORD] = given.get(MAIL_PASSWORD, "")
        result.setdefault("erasure_salt", _letters(SALT_LENGTH))
    return result


def new_key() -> str:
    """Return a new key of a repository: it can be typed from paper."""
    return _letters(KEY_LENGTH)


def missing_given(stack: Stack, given: dict[str, str]) -> list[tuple[str, str]]:
    """Return (what is missing, name of the secret) for what only a person can give: mail relay and destinations."""
    found = []
    if stack.mail and stack.mail.user and not given.get(MAIL_PASSWORD):
        found.append((_("mail.user is set, but the relay's password is not known"), MAIL_PASSWORD))
    for each in stack.backup.destinations if stack.backup else ():
        names = [f"backup_{part}_{each.name}" for part in ("user", "password")]
        if each.kind in WITH_LOGIN and (each.kind == "s3" or any(given.get(name) for name in names)):
            for name, text in zip(names, (_("its user"), _("its password")), strict=True):
                if not given.get(name):
                    message = _("backup destination '{name}': {what} is not known").format(name=each.name, what=text)
                    found.append((message, name))
    return found


def settable(stack: Stack) -> list[str]:
    """Return the names of the secrets that a person may give for this stack."""
    names = [MAIL_PASSWORD]
    if stack.backup:
        names += [ALERT_URLS]
        names += [f"backup_{part}_{each.name}" for each in _with_login(stack.backup) for part in ("user", "password")]
    return names


def known_name(stack: Stack, name: str) -> None:
    """Raise InputError, with the names there are, when nobody may give a secret of this name."""
    known = settable(stack)
    if name not in known:
        near = suggest(name, known)
        text = _("this stack has no secret '{name}' to give").format(name=name) + (";" + near if near else "")
        raise InputError(text, hint=_("Those you may give: {names}").format(names=", ".join(known)))


def checked(stack: Stack, name: str, value: str) -> str:
    """Return a given secret as it is kept. Raise InputError for an unknown name or a value that cannot be right.

    No message repeats the value.
    """
    known_name(stack, name)
    if name == ALERT_URLS:
        return _alert_urls(value)
    if not value.isprintable():
        raise InputError(_("the value of {name} holds characters that cannot be typed").format(name=name))
    return value


def _alert_urls(value: str) -> str:
    words = value.split()
    wrong = [number for number, word in enumerate(words, 1) if not ALERT_URL.fullmatch(word)]
    if wrong:
        text = _("entry {number} is not the address of a channel (such as ntfys://ntfy.sh/topic)")
        findings = [Finding(text.format(number=number), path=ALERT_URLS) for number in wrong]
        hint = _("Addresses as in Apprise, separated by blanks or each on its line: mailtos://, matrixs://, ntfys://")
        raise InputError(_("The addresses for alerts cannot be used."), findings, hint)
    return "\n".join(words)


def _with_login(backup: Backups) -> list[Destination]:
    return [each for each in backup.destinations if each.kind in WITH_LOGIN]


def sftp_destination(stack: Stack, name: str) -> Destination:
    """Return a destination reached by SSH. Raise InputError naming those there are."""
    found = {each.name: each for each in stack.backup.destinations} if stack.backup else {}
    known = [each.name for each in found.values() if each.kind == "sftp"]
    if name in known:
        return found[name]
    if name in found:
        text = _("destination '{name}' is not reached by SSH, so it has no SSH key").format(name=name)
    else:
        text = _("this stack has no backup destination '{name}'").format(name=name)
    hint = _("Destinations by sftp in this stack: {names}").format(names=", ".join(known) or _("none"))
    raise InputError(text, hint=hint)


def backup_instance(stack: Stack) -> str:
    """Return the name of the pseudo-instance that carries the backups' secrets."""
    return instance_name(stack, BACKUP)


def _letters(length: int) -> str:
    return "".join(random.choice(TYPED) for _index in range(length))
