"""JSON Schema for editors, made from the models: what a contributor types is checked while typing."""

import json

from pydantic import BaseModel

from provisioner.models.proposal import Proposal
from provisioner.models.protection import Protection
from provisioner.models.service import Outline, Service
from provisioner.models.stack import Stack
from provisioner.models.vocabulary import Vocabulary

SCHEMAS: dict[str, type[BaseModel]] = {"service": Service, "outline": Outline, "stack": Stack, "plan": Proposal,
    "gdpr": Protection, "vocabulary": Vocabulary,
}  # fmt: skip


def schema_text(name: str) -> str:
    """Given a name of SCHEMAS, return its JSON Schema as text."""
    schema = SCHEMAS[name].model_json_schema(by_alias=True)
    return json.dumps({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}, indent=1) + "\n"
