"""Load what the matching is told beside profile and services: needs, weights, tools, prices, sentences."""

from pathlib import Path

from provisioner.load import load_model
from provisioner.models.base import Model, Text
from provisioner.models.matching import Rules, Taxonomy, Tools, Weights
from provisioner.models.prices import Prices
from provisioner.paths import catalog_file


class Sentences(Model):
    """The words of a proposal, by reason."""

    version: str
    sentences: dict[str, Text]


def load_rules(folder: Path | None = None) -> Rules:
    """Given a catalog folder (default: ours), return its Rules. Files it lacks are taken from ours."""
    return Rules(
        taxonomy=load_model(catalog_file(folder, "needs.yaml"), Taxonomy),
        weights=load_model(catalog_file(folder, "weights.yaml"), Weights),
        tools=load_model(catalog_file(folder, "tools.yaml"), Tools),
        sentences=load_model(catalog_file(folder, "sentences.yaml"), Sentences).sentences,
        prices=load_model(catalog_file(folder, "prices.yaml"), Prices),
    )
