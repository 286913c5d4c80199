"""Words for what became of new settings of SSH and the firewall, so that nobody wonders whether they are shut out."""

from typing import Any

from provisioner.i18n import N_, _

SAID = {
    "invalid": N_("the new settings of SSH and firewall are not valid; nothing was changed: {detail}"),
    "no_keys": N_("SSH would let nobody in, {user} has no key there; nothing was changed: {detail}"),
    "not_in_force": N_("the new settings of SSH and firewall did not come into force; the old ones are back: {detail}"),
    "no_second_login": N_(
        "a second login failed with the new settings of SSH and firewall; the old are back: {detail}"
    ),
    "too_late": N_("the second login came too late; the old settings of SSH and firewall are back. Run apply again."),
    "not_back": N_("the old settings of SSH and firewall are not back yet; the host tries again by itself: {detail}"),
}
KEEP = "Keep the settings of SSH and the firewall"
LOST = N_("the connection was lost while SSH and firewall were tried anew; the old settings come back by themselves")


def explain(result: dict[str, Any]) -> str:
    """Given the result of the role's module, return what happened in a person's language; empty for other modules."""
    said = SAID.get(str(result.get("guard", "")), "")
    detail = str(result.get("detail", "")).strip()
    return _(said).format(detail=detail, user=result.get("user", "")).removesuffix(": ") if said else ""


def lost(task: str) -> str:
    """Return what it means when the connection is lost at a task; empty where it means nothing special."""
    return _(LOST) if task == KEEP else ""
