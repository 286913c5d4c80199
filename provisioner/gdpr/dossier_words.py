"""The words of a person's dossier, in both languages: templates/documents/dossier.yaml."""

from functools import cache

from provisioner.load import load_model
from provisioner.models.base import Model, Text
from provisioner.paths import data_dir


class DossierWords(Model):
    """The whole file."""

    version: str
    texts: dict[str, Text]


@cache
def _words() -> DossierWords:
    return load_model(data_dir("templates") / "documents" / "dossier.yaml", DossierWords)


def tell(key: str, **values: object) -> Text:
    """Given the key of a sentence and what fills its braces (texts or plain values), return it in both languages."""
    found = _words().texts[key]
    french = {name: value.fr if isinstance(value, Text) else value for name, value in values.items()}
    english = {name: value.en if isinstance(value, Text) else value for name, value in values.items()}
    return Text(fr=found.fr.format(**french), en=found.en.format(**english))
