"""catalog/gdpr.yaml: the words and durations of data protection, loaded once."""

from functools import cache

from provisioner.load import load_model
from provisioner.models.vocabulary import Vocabulary
from provisioner.paths import data_dir


@cache
def vocabulary() -> Vocabulary:
    """Return catalog/gdpr.yaml: ours, whatever catalog is in use."""
    return load_model(data_dir("catalog") / "gdpr.yaml", Vocabulary)
