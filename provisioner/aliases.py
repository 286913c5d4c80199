"""From what people say to needs: load the registry of aliases and find a word in it. Pure apart from loading."""

import difflib
import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from provisioner.load import load_model
from provisioner.models.aliases import Alias, Aliases
from provisioner.models.matching import Taxonomy
from provisioner.paths import catalog_file

NEAR = 0.75
SHORTEST_PART = 3
How = Literal["exact", "plural", "part", "near"]
RANK: dict[How, int] = {"exact": 0, "plural": 1, "part": 2, "near": 3}


@dataclass(frozen=True)
class Hit:
    """One alias that answers a word: the spelling that did, how well, and how near (1 is the very word)."""

    alias: Alias
    word: str
    how: How
    score: float


def load_aliases(folder: Path | None = None) -> Aliases:
    """Given a catalog folder (default: ours), return its registry, ours where it has none."""
    return load_model(catalog_file(folder, "aliases.yaml"), Aliases)


def load_taxonomy(folder: Path | None = None) -> Taxonomy:
    """Given a catalog folder (default: ours), return the needs alone, ours where it has none."""
    return load_model(catalog_file(folder, "needs.yaml"), Taxonomy)


@lru_cache(maxsize=8192)
def fold(text: str) -> str:
    """Return a text without case, accents, punctuation and doubled blanks: "Émargement (AG)" -> "emargement ag"."""
    text = text.replace("œ", "oe").replace("Œ", "oe").replace("æ", "ae")
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
    return " ".join(re.sub(r"[^a-z0-9+]+", " ", plain.casefold()).split())


@lru_cache(maxsize=8192)
def singular(text: str) -> str:
    """Return a folded text with the plural endings of French and English taken off its words."""
    return " ".join(_singular_word(word) for word in text.split())


def _singular_word(word: str) -> str:
    for ending, instead in (("eaux", "eau"), ("ies", "y"), ("aux", "al"), ("x", ""), ("s", "")):
        if len(word) > len(ending) + 2 and word.endswith(ending):
            return word.removesuffix(ending) + instead
    return word


def known_products(aliases: Aliases) -> dict[str, list[str]]:
    """Return every product by the ways to write its id, with its needs: {"google_drive": ["file_sharing"]}.

    Each name stands there folded with blanks ("google drive") and as an id ("google_drive"), and so do tool ids
    and the names of our own services.
    """
    found: dict[str, list[str]] = {}
    for alias in aliases.aliases:
        if alias.kind != "product":
            continue
        names = [*map(fold, alias.words), *filter(None, (alias.tool, alias.service))]
        for name in names:
            for written in (name, name.replace(" ", "_")):
                found.setdefault(written, list(alias.needs))
    return found


def with_needs(aliases: Aliases, taxonomy: Taxonomy) -> Aliases:
    """Return the registry with one more alias per need of the taxonomy: its id and its labels."""
    more = [
        Alias.model_validate(
            {"words": [*dict.fromkeys((kind.label.fr, kind.label.en, name))], "kind": "word", "needs": [name]}
        )
        for name, kind in taxonomy.needs.items()
    ]
    return aliases.model_copy(update={"aliases": [*aliases.aliases, *more]})


def tool_id(alias: Alias) -> str:
    """Return the id under which a profile lists a product: that of the registry of tools, or one made of its name."""
    service = (alias.service or "").replace("-", "_")
    return alias.tool or service or fold(alias.words[0]).replace("+", "").replace(" ", "_")[:40]


def find(aliases: Aliases, word: str) -> list[Hit]:
    """Given a registry and what a person said, return what may be meant, the best first.

    Upper case, accents and punctuation do not matter. The order: the very word, its singular or plural, a word that
    holds it or that it holds, then near words (difflib's ratio, at least 0.75; left out when the very word was
    found). Ties go by the registry's order.
    """
    asked = fold(word)
    if not asked:
        return []
    hits = [hit for alias in aliases.aliases if (hit := _best(alias, asked, _hit))]
    if not sure(hits):
        parts = {id(hit.alias) for hit in hits}
        rest = (alias for alias in aliases.aliases if id(alias) not in parts)
        hits += [hit for alias in rest if (hit := _best(alias, asked, _near))]
    return sorted(hits, key=lambda hit: (RANK[hit.how], -hit.score))


def sure(hits: Iterable[Hit]) -> list[Hit]:
    """Return the hits that name the very word, or its plural."""
    return [hit for hit in hits if hit.how in ("exact", "plural")]


def _best(alias: Alias, asked: str, compare: Callable[[Alias, str, str], Hit | None]) -> Hit | None:
    hits = [hit for word in alias.words if (hit := compare(alias, word, asked))]
    return min(hits, key=lambda hit: (RANK[hit.how], -hit.score), default=None)


def _hit(alias: Alias, word: str, asked: str) -> Hit | None:
    known = fold(word)
    if known == asked:
        return Hit(alias, word, "exact", 1.0)
    if singular(known) == singular(asked):
        return Hit(alias, word, "plural", 1.0)
    shorter, longer = sorted((singular(known), singular(asked)), key=len)
    if len(shorter) >= SHORTEST_PART and _is_part(shorter, longer, asked_is_longer=len(asked) > len(known)):
        return Hit(alias, word, "part", len(shorter) / len(longer))
    return None


def _near(alias: Alias, word: str, asked: str) -> Hit | None:
    matcher = difflib.SequenceMatcher(None, fold(word), asked, autojunk=False)
    if matcher.real_quick_ratio() < NEAR or matcher.quick_ratio() < NEAR or matcher.ratio() < NEAR:
        return None
    return Hit(alias, word, "near", matcher.ratio())


def _is_part(shorter: str, longer: str, *, asked_is_longer: bool) -> bool:
    """Whole words of a longer question count ("groupe Doodle"); a shorter one may be the start of a word ("visio")."""
    return f" {shorter} " in f" {longer} " if asked_is_longer else f" {shorter}" in f" {longer}"
