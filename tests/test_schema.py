"""The JSON Schemas for editors are those of the models."""

from pathlib import Path

import pytest

from provisioner.schema import schema_text

ROOT = Path(__file__).resolve().parent.parent
FILES = {
    "service": ROOT / "catalog" / "service.schema.json",
    "outline": ROOT / "catalog" / "outline.schema.json",
    "stack": ROOT / "docs" / "stack.schema.json",
    "gdpr": ROOT / "docs" / "gdpr.schema.json",
    "vocabulary": ROOT / "catalog" / "gdpr.schema.json",
    "plan": ROOT / "schemas" / "plan.schema.json",
}


@pytest.mark.parametrize("name", FILES)
def test_schema_file_is_in_step_with_its_model(name: str) -> None:
    hint = f"provisioner catalog schema {name} > {FILES[name].relative_to(ROOT)}"
    assert FILES[name].read_text("utf-8") == schema_text(name), hint
