"""Read and add to gdpr/authorities.yaml beside stack.yaml."""

import fcntl
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from provisioner.errors import Finding, InputError
from provisioner.explain import explain
from provisioner.host.layout import write
from provisioner.i18n import _
from provisioner.load import load_model, model_from, read_text
from provisioner.load_edit import comments, editable, pair
from provisioner.models.authorities import Authorities, AuthorityRequest
from provisioner.unwritten import listed, told

FILE = Path("gdpr") / "authorities.yaml"


def load_authorities(folder: Path) -> Authorities | None:
    """Return what the file says, by day; None where there is none. Raise InputError with every finding."""
    path = listed((folder / FILE).parent) / FILE.name
    return _sorted(load_model(path, Authorities)) if path.is_file() else None


def _sorted(found: Authorities) -> Authorities:
    return found.model_copy(update={"requests": sorted(found.requests, key=lambda each: each.day)})


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
    with told(path):
        path.parent.mkdir(mode=0o700, exist_ok=True)
        with path.with_name(".authorities.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            write(path, _with(path, fresh), 0o600)
    return path


def _with(path: Path, fresh: AuthorityRequest) -> str:
    """Return the text of the file with one request more; all the rest, comments included, stays as it is.

    Raise InputError where the file is wrong, or so written that this cannot be done.
    """
    if not path.is_file():
        return _dumped(Authorities(requests=[fresh]).model_dump(mode="json"))
    known = load_model(path, Authorities)
    wanted = Authorities(requests=[*known.requests, fresh])
    added = _added(editable(path.read_bytes().decode()), wanted)
    try:
        if model_from(read_text(added, str(path)), Authorities) == wanted:
            return added
    except InputError:
        pass  # it was right before: what we would write is not
    hint = _("Add it by hand, below the others:") + "\n" + _dumped([fresh.model_dump(mode="json")])
    raise InputError(_("{path} is so written that nothing can be added to it").format(path=path), hint=hint)


def _added(text: str, wanted: Authorities) -> str:
    """Return the text with the last of the requests below the others; a list written on one line is written anew."""
    data = wanted.model_dump(mode="json")["requests"]
    found = pair(text, "requests")
    if found is None:
        return text + "requests:\n" + _dumped(data[-1:])
    value = found[1]
    if isinstance(value, yaml.SequenceNode) and not value.flow_style:
        end = text.find("\n", _end(value) - 1) + 1
        margin = " " * value.start_mark.column
        return text[:end] + "".join(margin + line for line in _dumped(data[-1:]).splitlines(True)) + text[end:]
    start, end = value.start_mark.index, value.end_mark.index
    rest = text[end : text.find("\n", end) + 1]
    return text[:start].rstrip(" ") + rest + comments(text[start:end]) + _dumped(data) + text[end + len(rest) :]


def _end(node: yaml.Node) -> int:
    """Return where the last word of a node ends: that of a block lies behind the comments below it."""
    inner = node.value if isinstance(node, yaml.CollectionNode) and not node.flow_style else []
    last = inner[-1] if inner else node
    return _end(last[1] if isinstance(last, tuple) else last) if inner else int(node.end_mark.index)


def _dumped(data: Any) -> str:
    return str(yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=10_000))
