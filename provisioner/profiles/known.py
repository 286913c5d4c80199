"""What the rules of a profile know beside it: products and everyday words of the catalog, loaded when asked for."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, get_args

from provisioner.i18n import _, language
from provisioner.load import load_yaml
from provisioner.models.profile_base import Need
from provisioner.paths import data_dir

if TYPE_CHECKING:
    from provisioner.models.aliases import Aliases
    from provisioner.models.matching import Taxonomy

NEEDS: tuple[str, ...] = get_args(Need)


@dataclass(frozen=True)
class Known:
    """Four questions a rule may ask of a word; by default nothing is known.

    `product`: the needs a product covers, in the order of the taxonomy; None for a word that is no product.
    `meant`: the need an everyday word stands for, or nothing. `outside`: whether a tool takes data out of the EEA.
    `closed`: why an id that the taxonomy names is no need of this version: kept for later, or refused for good.
    """

    product: Callable[[str], list[str] | None] = lambda word: None
    meant: Callable[[str], str] = lambda word: ""
    outside: Callable[[str], bool] = lambda tool: False
    closed: Callable[[str], str] = lambda word: ""


def our_known() -> Known:
    """Return what our catalog knows; its files are read at the first question."""
    return Known(_product, _meant, _outside, _closed)


def _product(word: str) -> list[str] | None:
    from provisioner.aliases import fold

    written = fold(word).replace(" ", "_")
    found = _products().get(written)
    return None if found is None else sorted(found, key=NEEDS.index)


def _meant(word: str) -> str:
    from provisioner.aliases import fold, singular

    return _everyday().get(singular(fold(word)), "") if len(word) <= 60 else ""


def _closed(word: str) -> str:
    taxonomy = _taxonomy()
    if word in taxonomy.reserved:
        text = _("'{word}' ({name}) is reserved for version 1.1 of the needs: leave it out for now")
        return text.format(word=word, name=taxonomy.reserved[word].in_language(language()))
    if word in taxonomy.refused:
        refused = taxonomy.refused[word]
        name, why = refused.label.in_language(language()), refused.why.in_language(language())
        return _("'{word}' ({name}) is no need we ever cover; remove it. {why}").format(word=word, name=name, why=why)
    return ""


def _outside(tool: str) -> bool:
    entry = _tools().get(tool)
    return isinstance(entry, dict) and entry.get("outside_eea") is True


@cache
def _tools() -> dict[str, Any]:
    data: dict[str, Any] = load_yaml(data_dir("catalog") / "tools.yaml").data
    return dict(data["tools"])


@cache
def _aliases() -> "Aliases":
    from provisioner.aliases import load_aliases

    return load_aliases()


@cache
def _taxonomy() -> "Taxonomy":
    from provisioner.aliases import load_taxonomy

    return load_taxonomy()


@cache
def _everyday() -> dict[str, str]:
    """Return the first need of every everyday word, by the word without accents and plurals."""
    from provisioner.aliases import fold, singular

    found: dict[str, str] = {}
    for alias in _aliases().aliases:
        for word in alias.words if alias.kind == "word" and alias.needs else ():
            found.setdefault(singular(fold(word)), alias.needs[0])
    return found


@cache
def _products() -> dict[str, list[str]]:
    """Return the products of aliases, tool registry and catalog with the needs they cover."""
    from provisioner.aliases import known_products

    found = {name: list(tool.get("covers", {})) for name, tool in _tools().items()}
    for folder in data_dir("catalog").glob("*/service.yaml"):
        found[folder.parent.name.replace("-", "_")] = list(load_yaml(folder).data.get("needs", {}))
    for name, needs in known_products(_aliases()).items():
        found[name] = [*dict.fromkeys([*found.get(name, []), *needs])]
    return {name: [need for need in needs if need in NEEDS] for name, needs in found.items()}
