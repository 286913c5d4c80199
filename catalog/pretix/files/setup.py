"""The first administrator of pretix and what an association begins with. May be run again at any time.

python3 setup.py ensure EMAIL LANGUAGE NAME   do it
python3 setup.py password EMAIL               that account takes the password on the first line of standard input
python3 setup.py check                        exit 0 when there is an administrator and nobody can come in with "admin"
"""

import sys
from pathlib import Path

import django

django.setup()

from django.conf import settings  # noqa: E402  (models can be loaded after the setup only)
from django.db import transaction  # noqa: E402
from django_scopes import scopes_disabled  # noqa: E402
from pretix.base.models import Organizer, Team, TeamAPIToken, User  # noqa: E402
from pretix.base.settings import GlobalSettingsObject  # noqa: E402

BUILT_IN = "admin@localhost"


def secret(name: str) -> str:
    """Return a secret of this service."""
    return Path("/run/secrets", name).read_text(encoding="utf-8").strip()


def staff() -> list[User]:
    """Return those who may administer the whole installation, without the account that everybody knows."""
    return list(User.objects.filter(is_staff=True, is_active=True).exclude(email=BUILT_IN))


def ensure_administrator(email: str, language: str) -> User:
    """Make the first administrator, and remove the account that pretix is born with."""
    administrators = staff()
    if not administrators:
        person = User(email=email, is_staff=True, locale=language, timezone=settings.TIME_ZONE)
        person.set_password(secret("admin_password"))
        person.save()
        administrators = [person]
    User.objects.filter(email=BUILT_IN).delete()
    return administrators[0]


def set_password(email: str, password: str) -> None:
    """Give an account a new password; whoever is signed in with the old one is out. Exit with a message without one."""
    person = User.objects.filter(email__iexact=email).first()
    if not person:
        sys.exit(f"there is no account {email}")
    person.set_password(password)
    person.save()
    person.update_session_token()


def ensure_organizer(slug: str, name: str, language: str) -> Team:
    """Make an organizer with a team that may do everything; return the team."""
    organizer, new = Organizer.objects.get_or_create(slug=slug, defaults={"name": name})
    if new:
        for key, value in {"locale": language, "locales": [language], "timezone": settings.TIME_ZONE}.items():
            organizer.settings.set(key, value)
    team, new = Team.objects.get_or_create(organizer=organizer, name="Administration")
    if new:
        # The names of the permissions have changed between versions: all that there are.
        for field in Team._meta.get_fields():
            if field.name.startswith(("can_", "all_")):
                setattr(team, field.name, True)
        team.save()
    return team


def silence() -> None:
    """No question to pretix.eu about newer versions, and no notice about it on the pages."""
    everywhere = GlobalSettingsObject().settings
    for key, value in {"update_check_perform": False, "update_check_ack": True}.items():
        if everywhere.get(key, as_type=bool) is not value:
            everywhere.set(key, value)


def ensure(email: str, language: str, name: str) -> None:
    """Do everything that is not done yet."""
    person = ensure_administrator(email, language)
    if not Organizer.objects.exists():
        ensure_organizer("association", name, language).members.add(person)
    # Where the provisioner tries whether an event can be held: not among the association's own.
    team = ensure_organizer("provisioner-check", "provisioner", language)
    token = secret("probe_token")
    # The log names the token that did something: pretix keeps it, and lets it in no more.
    TeamAPIToken.objects.filter(team=team).exclude(token=token).update(active=False)
    TeamAPIToken.objects.update_or_create(team=team, token=token, defaults={"name": "provisioner", "active": True})
    silence()


if __name__ == "__main__":
    with scopes_disabled(), transaction.atomic():
        if sys.argv[1:] == ["check"]:
            sys.exit(0 if staff() and not User.objects.filter(email=BUILT_IN).exists() else "no administrator yet")
        if sys.argv[1:2] == ["password"]:
            set_password(sys.argv[2], sys.stdin.readline().rstrip("\n"))
        else:
            ensure(*sys.argv[2:5])
