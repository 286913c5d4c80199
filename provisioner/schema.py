"""JSON Schema for editors, made from the models: what a contributor types is checked while typing."""

import json

from pydantic import BaseModel

from provisioner.models.proposal import Proposal
from provisioner.models.service import Outline, Service
from provisioner.models.stack import Stack

SCHEMAS: dict[str, type[BaseModel]] = {"service": Service, "outline": Outline, "stack": Stack, "plan": Proposal}


def schema_text(name: str) -> str:
    """Given "service", "outline", "stack" or "plan", return its JSON Schema as text."""
    schema = SCHEMAS[name].model_json_schema(by_alias=True)
    return json.dumps({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}, indent=1) + "\n"
