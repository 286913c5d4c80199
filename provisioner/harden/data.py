"""Read the hardening rules, the waivers and the auditors' rules they speak of."""

from functools import lru_cache

from provisioner.harden.model import Rules, Titles, Waivers
from provisioner.load import load_model
from provisioner.paths import data_dir


@lru_cache
def rules() -> Rules:
    """Return all measures."""
    return load_model(data_dir("roles") / "hardening" / "files" / "rules.yaml", Rules)


@lru_cache
def waivers() -> Waivers:
    """Return all waivers."""
    return load_model(data_dir("roles") / "hardening" / "files" / "waivers.yaml", Waivers)


@lru_cache
def titles(release: int) -> Titles:
    """Given 12 or 13, return the auditors' rules of the four profiles for that Debian."""
    return load_model(data_dir("roles") / "hardening" / "files" / f"titles-{release}.yaml", Titles)
