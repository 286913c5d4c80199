"""Signatures: what is asked of cosign, and that nothing unchecked is ever told as checked."""

import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from provisioner import images_verify
from provisioner.catalog import load_catalog
from provisioner.commands import cosign
from provisioner.images_verify import failed, signatures_of, verify_lock
from provisioner.models.stack import Lock
from provisioner.models.upstream import Signature

DIGEST = f"sha256:{'b' * 64}"
SYNAPSE = "ghcr.io/element-hq/synapse:v1.162.0"


def lock_of(source: str = "upstream", *references: str) -> Lock:
    images = {each: {"image": f"mirror.example/x@{DIGEST}", "source": source} for each in references or (SYNAPSE,)}
    return Lock.model_validate({"lock": "1.0", "images": images})


def cosign_that(code: int, said: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a program called cosign first in the path: it notes its arguments, says something, and ends with a code."""
    program, notes = folder / "cosign", folder / "arguments.json"
    program.write_text(
        f"#!/usr/bin/env python3\nimport json, sys\njson.dump(sys.argv[1:], open({str(notes)!r}, 'w'))\n"
        f"print({said!r}, file=sys.stderr)\nsys.exit({code})\n"
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=":")
    return notes


def test_without_cosign_nothing_is_verified(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images_verify.shutil, "which", lambda _name: None)
    [found] = verify_lock(lock_of(), load_catalog())
    assert (found["state"], found["told"]) == ("unchecked", "cosign is not installed here")
    assert failed([found])


def test_cosign_is_asked_for_the_locked_bytes_and_the_makers_identity(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes = cosign_that(0, "", tmp_path, monkeypatch)
    [found] = verify_lock(lock_of(), load_catalog())
    assert (found["state"], failed([found])) == ("verified", False)
    arguments = json.loads(notes.read_text())
    assert arguments[-1] == f"ghcr.io/element-hq/synapse@{DIGEST}"
    identity = "https://github.com/element-hq/synapse/.github/workflows/docker.yml@refs/tags/v1.162.0"
    assert arguments[arguments.index("--certificate-identity") + 1] == identity


@pytest.mark.parametrize(
    ("said", "state"),
    [("Error: no matching signatures: none of the expected identities matched", "refused"),
     ("Error: no signatures found", "refused"),
     ("Error: Get https://ghcr.io/v2/: dial tcp: lookup ghcr.io: no such host", "unchecked")],
)  # fmt: skip
def test_a_signature_that_does_not_hold_is_not_the_same_as_one_that_was_not_reached(
    said: str, state: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cosign_that(1, said, tmp_path, monkeypatch)
    [found] = verify_lock(lock_of(), load_catalog())
    assert found["state"] == state
    assert said in found["told"]
    assert failed([found])


def test_unsigned_unknown_and_our_own_images_say_so() -> None:
    found = verify_lock(lock_of("upstream", "etherpad/etherpad:3.3.7", "caddy:2.11.4"), load_catalog())
    assert [each["state"] for each in found] == ["unsigned", "unknown"]
    [ours] = verify_lock(lock_of("stand-in"), load_catalog())
    assert ours["state"] == "ours"
    assert "apt" in ours["told"]


def test_every_signature_of_the_catalog_is_dated() -> None:
    for name, signature in signatures_of(load_catalog()).items():
        assert " 20" in signature.evidence, f"{name}: the evidence has no date"


def test_a_key_is_given_as_a_file() -> None:
    signature = Signature(kind="cosign-key", key="-----BEGIN PUBLIC KEY-----", evidence="read in a README")
    assert cosign.verify("x@y", "1", signature, "/tmp/k") == ["cosign", "verify", "--key", "/tmp/k", "x@y"]


@pytest.mark.parametrize(
    "data", [{"kind": "cosign-keyless", "identity": "x"}, {"kind": "none", "issuer": "x"}, {"kind": "cosign-key"}]
)
def test_a_signature_has_exactly_what_its_kind_needs(data: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="has exactly"):
        Signature.model_validate({**data, "evidence": "read in a README"})


def test_an_image_that_the_lock_does_not_name_is_unchecked() -> None:
    *_checked, missing = verify_lock(lock_of("local"), load_catalog(), [SYNAPSE, "example/later:1.0"])
    assert (missing["reference"], missing["state"]) == ("example/later:1.0", "unchecked")
    assert failed([missing]) and len(_checked) == 1
