"""Read and add to gdpr/authorities.yaml beside stack.yaml."""

import fcntl
from datetime import date
from pathlib import Path

import yaml

from provisioner.errors import Finding, InputError, ProvisionerError
from provisioner.explain import explain, read_problem
from provisioner.host.layout import write
from provisioner.i18n import _
from provisioner.load import load_model
from provisioner.models.authorities import Authorities, AuthorityRequest

FILE = Path("gdpr") / "authorities.yaml"


def load_authorities(folder: Path) -> Authorities | None:
    """Return what the file says; None where there is none. Raise InputError with every finding."""
    path = folder / FILE
    return load_model(path, Authorities) if path.is_file() else None


def add_request(folder: Path, given: tuple[str, str, str, str]) -> Path:
    """Add (day, who, what, answer) and return the file. Raise InputError, with nothing changed, where one is wrong."""
    from pydantic import ValidationError

    day, who, what, answer = given
    try:
        fresh = AuthorityRequest.model_validate({"day": day, "who": who, "what": what, "answer": answer})
    except ValidationError as error:
        findings = [
            Finding(explain(dict(each), AuthorityRequest), path=f"--request {each['loc'][0]}")
            for each in error.errors()
        ]
        raise InputError(_("This request cannot be added."), findings) from error
    if fresh.day > date.today():
        wrong = [Finding(_("a day that is still to come"), path="--request day")]
        raise InputError(_("This request cannot be added."), wrong)
    path = folder / FILE
    try:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        with path.with_name(".authorities.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            known = load_authorities(folder) or Authorities()
            requests = sorted([*known.requests, fresh], key=lambda each: each.day)
            data = known.model_copy(update={"requests": requests}).model_dump(mode="json")
            write(path, yaml.safe_dump(data, allow_unicode=True, sort_keys=False), 0o600)
    except OSError as error:
        text = _("{path} cannot be written: {reason}").format(path=path, reason=read_problem(error))
        raise ProvisionerError(text) from error
    return path
