"""catalog/adequacy.yaml: whether data may go to a country, on what ground, and how that is told."""

from functools import cache
from typing import Literal

from provisioner.load import load_model
from provisioner.models.adequacy import Adequacy
from provisioner.models.base import Text
from provisioner.models.protection import Processor
from provisioner.paths import data_dir
from provisioner.sentences import Value, date_text, sentence

Ground = Literal["eea", "adequate", "certified", "none"]


@cache
def adequacy() -> Adequacy:
    """Return catalog/adequacy.yaml: ours, whatever catalog is in use."""
    return load_model(data_dir("catalog") / "adequacy.yaml", Adequacy)


def ground(country: str) -> Ground:
    """Given a country's code, return on what ground data may go there.

    eea: no transfer at all. adequate: by a decision. certified: by a decision that holds for some bodies alone, so that
    the proof is needed. none: only with a safeguard of art. 46 or a derogation of art. 49.
    """
    known = adequacy()
    if country in (*known.eea, *known.regions):
        return "eea"
    decision = known.adequate.get(country)
    if decision is None:
        return "none"
    return "certified" if decision.only else "adequate"


def safeguard(each: Processor) -> Text | None:
    """Return what allows the transfer to a processor outside the EEA; None without any."""
    decision = adequacy().adequate.get(each.country)
    if decision and (not decision.only or (each.document and not each.safeguard)):
        told: dict[str, Value] = {"decision": decision.decision, "date": date_text(decision.date)}
        if decision.only:
            return sentence("register", "safeguard_certified", {"only": decision.only, **told})
        return sentence("register", "safeguard_adequate", told)
    return sentence("register", f"safeguard_{each.safeguard}", {}) if each.safeguard else None
