"""Where our own data lies: in a checkout beside the package, in an installed wheel inside it."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


def data_dir(name: str) -> Path:
    """Given "catalog", "roles", "templates", "playbooks", "examples" or "schemas", return its folder."""
    beside = PACKAGE.parent / name
    return beside if (PACKAGE.parent / "pyproject.toml").is_file() else PACKAGE / "_data" / name


def catalog_file(folder: Path | None, name: str) -> Path:
    """Given a catalog folder (None: ours) and a file's name, return that file, ours where the folder has none."""
    own = folder / name if folder else None
    return own if own and own.is_file() else data_dir("catalog") / name
