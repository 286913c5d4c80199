"""catalog/adequacy.yaml: whether data may go to a country, and on what ground."""

from functools import cache
from typing import Literal

from provisioner.load import load_model
from provisioner.models.adequacy import Adequacy
from provisioner.paths import data_dir

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
