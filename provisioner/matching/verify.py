"""Verify a plan without the optimiser: every rule, figure and list of it is computed a second time and compared."""

from provisioner.i18n import _
from provisioner.matching.candidates import Offer
from provisioner.matching.check import Check, compared
from provisioner.matching.recount import Recount, recount, unknown_mandates
from provisioner.matching.verify_costs import cost_checks
from provisioner.matching.verify_figures import figure_checks
from provisioner.matching.verify_limits import limit_checks, totals_check, violations
from provisioner.matching.verify_lists import list_checks
from provisioner.matching.verify_moves import move_checks
from provisioner.matching.verify_whatif import whatif_checks
from provisioner.models.matching import Rules
from provisioner.models.profile import Profile
from provisioner.models.proposal import Proposal


def verify(plan: Proposal, profile: Profile, offer: Offer, rules: Rules, sha256: str) -> list[Check]:
    """Given a plan and what it was made from, return all checks; the plan holds when all are ok.

    What only the optimiser can know is not checked here: that no distant choice is better (`--brute-force` tries them
    all). Sentences are not checked either, except that each gap has a reason.
    """
    counted = recount(profile, offer, rules)
    checks = [*_origin(plan, profile, sha256), *_versions(plan, offer, rules), _known(plan, counted)]
    if not all(check.ok for check in checks[-1:]):
        return checks
    if plan.verdict == "mandate_impossible":
        return [*checks, *_impossible(plan, counted, offer), *list_checks(plan, counted)]
    return [
        *checks,
        *limit_checks(plan, counted, offer),
        *list_checks(plan, counted),
        *figure_checks(plan, counted),
        *cost_checks(plan, counted),
        *whatif_checks(plan, counted),
        *move_checks(plan, counted),
    ]


def _origin(plan: Proposal, profile: Profile, sha256: str) -> list[Check]:
    reference = {
        "id": profile.profile.id,
        "revision": profile.profile.revision,
        "sha256": sha256,
        "public_name": profile.organisation.public_name,
        "languages": list(profile.organisation.languages),
    }
    content = plan.content.model_dump(mode="json"), profile.model_dump(mode="json")
    return [
        compared(_("the profile is the one the plan was made from"), reference, plan.profile.model_dump()),
        compared(_("the profile inside the plan is that of the file"), content[1], content[0]),
    ]


def _versions(plan: Proposal, offer: Offer, rules: Rules) -> list[Check]:
    expected = {
        "taxonomy": rules.taxonomy.version,
        "weights": rules.weights.version,
        "tools": rules.tools.version,
        "prices": rules.prices.version if rules.prices else "",
        "aliases": offer.aliases,
        "catalog": offer.catalog_version,
        "images": offer.images,
        "unavailable": sorted(
            item.id
            for item in offer.candidates
            if item.deployable and offer.available is not None and item.id not in offer.available
        ),
    }
    return [
        compared(_("the versions are those of this program and catalog"), expected, plan.versions.model_dump()),
        compared(_("the index to aim at is that of the weights"), rules.weights.target, plan.target_index),
    ]


def _known(plan: Proposal, counted: Recount) -> Check:
    """Check that all names are known, and that each list of a choice is sorted and names each component once."""
    outcomes = [one for one in (plan.runner_up, plan.without_mandate) if one]
    losses = [item.loss for item in plan.chosen if item.loss]
    choices = [one.components for one in outcomes] + [one.components for one in losses]
    choices += [one.components for one in plan.levers] + [one.components for one in plan.curve]
    named = [*plan.components, *(item.service for item in plan.excluded), *(item.tool for item in plan.dropped)]
    named += [other.component for item in plan.chosen for other in item.alternatives]
    named += [name for choice in choices for name in choice]
    strange = sorted({name for name in named if name not in counted.components})
    strange += [", ".join(choice) for choice in choices if choice != sorted(set(choice))]
    return Check(_("every component is known"), not strange, "; ".join(strange[:3]))


def _impossible(plan: Proposal, counted: Recount, offer: Offer) -> list[Check]:
    """Check that what is forced, with all it requires, breaks a rule by itself, and that nothing is proposed."""
    forced, before = set(counted.forced), -1
    while before != len(forced):
        before = len(forced)
        forced |= {
            name for one in forced if one in counted.components for name in counted.components[one].requires
            if name in counted.components
        }  # fmt: skip
    unknown = unknown_mandates(counted, offer.sso)
    broken = unknown or violations(counted, frozenset(forced))
    empty = (plan.score, plan.coverage_index, plan.components, plan.single_sign_on) == (0, 0, [], "")
    nothing = plan.terms == [] and plan.levers == [] and plan.curve == [] and not plan.runner_up
    return [
        Check(_("what is mandated or kept cannot be had"), bool(broken), "; ".join(broken)),
        Check(_("nothing is proposed"), empty and nothing),
        totals_check(plan, counted),
        *cost_checks(plan, counted),
        *whatif_checks(plan, counted),
    ]
