"""Proof of plans: verify one with figures computed a second time, and try every choice where few are possible."""

from typing import TYPE_CHECKING

import click

from provisioner.cli import print_json
from provisioner.cli.match_offer import Given
from provisioner.errors import InputError, ProvisionerError
from provisioner.i18n import _, language

if TYPE_CHECKING:
    from provisioner.matching.check import Check
    from provisioner.models.proposal import Proposal


def checks_of(plan: "Proposal", given: Given) -> list["Check"]:
    """Return the checks of a plan against what it was (or should have been) made from."""
    from provisioner.matching.verify import verify

    return verify(plan, given.profile, given.offer, given.rules, given.sha256)


def sure(plan: "Proposal", given: Given) -> None:
    """Verify a plan just made. Raise ProvisionerError when a check fails: that is a fault of this program."""
    failed = [f"{check.name} ({check.detail})" for check in checks_of(plan, given) if not check.ok]
    if failed:
        text = _("internal error: the plan does not pass its own verification: {checks}")
        hint = _("Please report it with the profile (provisioner profile redact). Do not use the plan.")
        raise ProvisionerError(text.format(checks="; ".join(failed[:3])), hint)


def report(checks: list["Check"], *, as_json: bool) -> bool:
    """Print checks, and return whether all hold."""
    from provisioner.cli.match_grid import add, console, new_table

    failed = [check for check in checks if not check.ok]
    if as_json:
        rows = [{"name": check.name, "ok": check.ok, "detail": check.detail} for check in checks]
        print_json({"ok": not failed, "checks": rows})
        return not failed
    table = new_table(_("Verification"), _("Check"), _("Holds"), _("Numbers"))
    for check in checks:
        add(table, check.name, _("yes") if check.ok else _("NO"), check.detail)
    console().print(table)
    if failed:
        click.echo(
            _("{count} of {all} checks failed: do not use this plan.").format(count=len(failed), all=len(checks))
        )
    else:
        click.echo(_("All {all} checks hold.").format(all=len(checks)))
    return not failed


def refuse_many(given: Given) -> None:
    """Raise InputError when more than 16 candidates remain, which is too many to try every choice."""
    from provisioner.matching.brute import MOST, remaining
    from provisioner.matching.recount import recount

    count = len(remaining(recount(given.profile, given.offer, given.rules)))
    if count > MOST:
        text = _("too many candidates remain after the hard rules to try every choice: {count} (at most {most})")
        raise InputError(text.format(count=count, most=MOST), hint=_("The plan is proved optimal without it."))


def brute_force(plan: "Proposal", given: Given, *, as_json: bool) -> bool:
    """Try every choice, print what came out beside the plan, and return whether both agree."""
    from provisioner.matching.brute import enumerate_all
    from provisioner.matching.recount import recount, unknown_mandates

    counted = recount(given.profile, given.offer, given.rules)
    found = enumerate_all(counted)
    best = None if unknown_mandates(counted, given.offer.sso) else found.best
    impossible = plan.verdict == "mandate_impossible"
    agree = (best is None) == impossible and (best is None or list(best) == plan.components)
    agree = agree and (impossible or plan.score == found.score)
    names = ", ".join(counted.components[name].title.in_language(language()) for name in best or ()) or "-"
    if as_json:
        data = {"agree": agree, "candidates": found.free, "tried": found.tried, "allowed": found.allowed}
        print_json({**data, "best": list(best) if best is not None else None, "score": found.score})
        return agree
    text = _("Candidates that remain: {count}. Choices tried: {choices}, allowed: {allowed}.")
    click.echo(text.format(count=len(found.free), choices=found.tried, allowed=found.allowed))
    click.echo(_("The best of them: {names} ({score} points).").format(names=names, score=found.score))
    click.echo(_("This is the plan.") if agree else _("This is NOT the plan: please report it."))
    return agree
