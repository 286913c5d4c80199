"""Ask the host for its part of an audit: the host program of this version is sent along, so any host can be judged."""

import base64
import json
import shlex
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from provisioner.apply import host_program
from provisioner.audit import docker, oscap, others
from provisioner.audit.waivers import waivers
from provisioner.bundle import Bundle
from provisioner.catalog import Catalog
from provisioner.documents.audit_words import words
from provisioner.errors import InputError, ProvisionerError
from provisioner.i18n import _
from provisioner.models.scorecard import Audited, AuditorName, Profile
from provisioner.remote import execute

FOLDER = "/var/lib/provisioner/audit"
PROGRAM = f"{FOLDER}/host.pyz"
LONGEST = 2000
ATTEMPTS, PAUSE = 5, 6.0
Answer = Mapping[str, Any]


def send_program(bundle: Bundle) -> None:
    """Put the host program where audits keep their things, readable for root alone. Raise ProvisionerError."""
    fresh = f"{PROGRAM}.$$"  # two audits at once must not write into one file
    line = f"umask 077 && mkdir -p {FOLDER} && base64 -d > {fresh} && mv {fresh} {PROGRAM}"
    packed = base64.b64encode(host_program()).decode()
    output, error, code = execute(bundle, f"sh -c {shlex.quote(line)}", packed, 120)
    if code:
        message = _("host {host} takes no program for the audit: {reason}")
        last = ([*(error or output).strip().splitlines()] or [f"exit code {code}"])[-1]
        raise ProvisionerError(message.format(host=bundle.stack.host.name, reason=last))


def ask(bundle: Bundle, what: str, **request: Any) -> Answer:
    """Have the host do one part. What it cannot do comes as {"error": code, "detail": text}; so does silence."""
    try:
        text = json.dumps({"do": what, **request})
        output, error, code = execute(bundle, f"python3 {PROGRAM} audit", text, LONGEST)
        if code:
            return {"error": "failed", "detail": ([*error.strip().splitlines()] or [str(code)])[-1][:300]}
        answer: Answer = json.loads(output)
        return answer
    except ProvisionerError as failure:
        return {"error": "unreachable", "detail": failure.message}
    except ValueError:
        return {"error": "failed", "detail": output.strip()[:200]}


@contextmanager
def uncounted(bundle: Bundle) -> Iterator[None]:
    """While auditors knock at SSH, do not count that against who asked for it (see host/audit_uncounted.py)."""
    begun = ask(bundle, "uncounted")
    try:
        yield
    finally:
        for _attempt in range(ATTEMPTS if begun.get("address") else 0):  # then the host's own timer ends it
            if "error" not in ask(bundle, "counted", **begun):
                break
            time.sleep(PAUSE)  # OpenSSH keeps away for seconds who knocked too often


def content(bundle: Bundle, package: Path | None) -> Answer:
    """Have the host get SCAP content: from Debian's archive, or the package that the operator names."""
    given = {"deb": base64.b64encode(read_package(package)).decode()} if package else {}
    return ask(bundle, "content", minimum=oscap.MINIMUM_CONTENT, **given)


def read_package(path: Path) -> bytes:
    """Return a .deb file. Raise InputError when it is none."""
    try:
        found = path.read_bytes()
    except OSError as error:
        raise InputError(_("{path} cannot be read: {reason}").format(path=path, reason=error.strerror)) from error
    if not found.startswith(b"!<arch>\n"):
        raise InputError(_("{path} is no Debian package").format(path=path))
    return found


def evaluate(bundle: Bundle, profile: Profile, release: int, in_container: bool) -> Audited:
    """Have OpenSCAP judge the host by one profile."""
    began = time.monotonic()
    answer = ask(bundle, "oscap", profile=profile)
    if "error" in answer:
        return _timed(oscap.not_run(profile, answer), began)
    reasons = waivers(release, in_container)
    judged = oscap.score(profile, answer, reasons)
    notes = [*judged.notes, *([words().note("container")] if in_container else [])]
    return _timed(judged.model_copy(update={"notes": notes}), began)


def lynis(bundle: Bundle) -> Audited:
    """Have Lynis judge the host."""
    began = time.monotonic()
    answer = ask(bundle, "lynis")
    return _timed(_silent("lynis", answer) if "error" in answer else others.lynis(dict(answer)), began)


def containers(bundle: Bundle, catalog: Catalog) -> Audited:
    """Judge Docker on the host by our own rules."""
    began = time.monotonic()
    answer = ask(bundle, "docker")
    return _timed(_silent("docker", answer) if "error" in answer else docker.judge(dict(answer), catalog), began)


def _silent(name: AuditorName, answer: Answer) -> Audited:
    return oscap.not_run(name, answer)


def _timed(audited: Audited, began: float) -> Audited:
    return audited.model_copy(update={"seconds": round(time.monotonic() - began, 1)})
