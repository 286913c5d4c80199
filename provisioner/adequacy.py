"""catalog/adequacy.yaml: where data may go, loaded once."""

from functools import cache

from provisioner.load import load_model
from provisioner.models.adequacy import Adequacy
from provisioner.paths import data_dir


@cache
def adequacy() -> Adequacy:
    """Return catalog/adequacy.yaml: ours, whatever catalog is in use."""
    return load_model(data_dir("catalog") / "adequacy.yaml", Adequacy)
