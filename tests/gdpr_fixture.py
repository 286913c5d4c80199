"""The answers of the tests, and bundles with them: the small stack, or every service of a catalog."""

from pathlib import Path
from typing import Any

import yaml
from stack_fixture import lock_of, stack_of

from provisioner.bundle import Bundle
from provisioner.catalog import Catalog
from provisioner.load import read_text
from provisioner.models.protection import Protection
from provisioner.protection import Answers


def answers_data(**changes: Any) -> dict[str, Any]:
    """Return complete answers as gdpr.yaml has them."""
    return {
        "gdpr": "1.0",
        "created": "2026-11-01",
        "updated": "2026-11-20",
        "controller": {
            "name": "Foyer de l'Été",
            "address": "1 rue des Lilas, 69000 Lyon",
            "number": "W691234567",
            "representative": {"name": "Ana Berger", "role": "présidente"},
        },
        "officer": {"name": "Camille Dumas", "email": "donnees@foyer.example"},
        "processors": [
            {"name": "Hébergeur SARL", "role": "host", "country": "FR", "contract": "2026-01-15"},
            {"name": "Relais SAS", "role": "mail", "country": "DE", "contract": "2026-02-01"},
            {"name": "Coffre SA", "role": "backup", "country": "CH", "contract": "2026-03-01"},
        ],
        "transfers": "allowed",
        "screening": {"answered": "2026-11-02", "dpia": {"large_scale": False, "sensitive": False}},
        **changes,
    }


def answers(**changes: Any) -> Answers:
    """Return the answers as they are read from a file."""
    text = yaml.safe_dump(answers_data(**changes), sort_keys=False, allow_unicode=True)
    document = read_text(text, "gdpr.yaml")
    return Answers(Path("gdpr.yaml"), Protection.model_validate(document.data), document)


def bundle_of(catalog: Catalog, stack: dict[str, Any] | None = None, **changes: Any) -> Bundle:
    """Return a bundle of the catalog's services with a relay, two places of copies and a start page."""
    whole = {
        "mail": {"host": "smtp.relais.example"},
        "portal": {},
        "backup": {
            "destinations": [
                {"name": "disk", "url": "/mnt/copies", "offsite": False},
                {"name": "away", "url": "rest:https://copies.example/foyer", "append_only": True},
            ]
        },
        **(stack or {}),
    }
    return Bundle(Path("stack.yaml"), stack_of(**whole), lock_of(catalog), answers(**changes))
