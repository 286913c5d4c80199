"""One person leaves: python3 leave.py EMAIL. The organizer's account is closed; events, orders and its history stay.

Prints changed, unchanged or unknown.
"""

import sys

import django

django.setup()

from django.db import transaction  # noqa: E402  (models can be loaded after the setup only)
from django_scopes import scopes_disabled  # noqa: E402
from pretix.api.models import OAuthAccessToken, OAuthGrant, OAuthRefreshToken  # noqa: E402
from pretix.base.models import User  # noqa: E402


def leave(email: str) -> str:
    """Close the accounts with that address, and what is still signed in by them."""
    found = list(User.objects.filter(email__iexact=email))
    active = [each for each in found if each.is_active]
    if any(each.is_staff for each in active) and not User.objects.filter(is_staff=True, is_active=True).exclude(
        pk__in=[each.pk for each in found]
    ):
        sys.exit("this is the last administrator: make another one first")
    for each in active:
        each.is_active = False
        each.set_unusable_password()
        each.save()
        each.update_session_token()
    for model in (OAuthAccessToken, OAuthRefreshToken, OAuthGrant):
        model.objects.filter(user__in=found).delete()
    return "changed" if active else "unchanged" if found else "unknown"


if __name__ == "__main__":
    with scopes_disabled(), transaction.atomic():
        print(leave(sys.argv[1]))
