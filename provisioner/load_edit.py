"""Where something stands in a YAML file that people write by hand; the rest stays as it is, comments too. Pure."""

import yaml


def editable(text: str) -> str:
    """Return the text without a byte order mark, its last line ended."""
    text = text.removeprefix("\ufeff")
    return text if text.endswith("\n") else text + "\n"


def pair(text: str, key: str) -> tuple[yaml.Node, yaml.Node] | None:
    """Return key and value of a top-level key, each with its marks; None where there is none. Raise yaml.YAMLError."""
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    pairs = root.value if isinstance(root, yaml.MappingNode) else []
    return next((each for each in pairs if each[0].value == key), None)


def comments(text: str) -> str:
    """Return the lines that are comments, at the margin."""
    return "".join(line.strip() + "\n" for line in text.splitlines() if line.strip().startswith("#"))
