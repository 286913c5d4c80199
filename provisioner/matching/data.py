"""Load what the matching is told beside profile and services: needs, weights, tools, prices, sentences."""

from pathlib import Path

from provisioner.load import load_model
from provisioner.models.base import Model, Text
from provisioner.models.matching import Rules, Taxonomy, Tools, Weights
from provisioner.models.prices import Prices
from provisioner.paths import data_dir


class Sentences(Model):
    """The words of a proposal, by reason."""

    version: str
    sentences: dict[str, Text]


def load_rules(folder: Path | None = None) -> Rules:
    """Given a catalog folder (default: ours), return its Rules. Files it lacks are taken from ours."""
    return Rules(
        taxonomy=load_model(_file(folder, "needs.yaml"), Taxonomy),
        weights=load_model(_file(folder, "weights.yaml"), Weights),
        tools=load_model(_file(folder, "tools.yaml"), Tools),
        sentences=load_model(_file(folder, "sentences.yaml"), Sentences).sentences,
        prices=load_model(_file(folder, "prices.yaml"), Prices),
    )


def _file(folder: Path | None, name: str) -> Path:
    own = folder / name if folder else None
    return own if own and own.is_file() else data_dir("catalog") / name
