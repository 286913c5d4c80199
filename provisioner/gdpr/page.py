"""The record as one HTML page in one language, and as JSON: the same record gives the same bytes. Pure."""

import json

from provisioner.documents.page import filled
from provisioner.gdpr.words import say
from provisioner.models.register import Record


def html_page(record: Record, language: str) -> str:
    """Return the record as HTML in "fr" or "en"."""
    return filled("register.html.j2", language, "register.css", record=record, w=say)


def json_text(record: Record) -> str:
    """Return the record as JSON, in both languages."""
    return json.dumps(record.model_dump(mode="json"), indent=2, sort_keys=True, ensure_ascii=False) + "\n"
