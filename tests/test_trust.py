"""The certificate of an authority of one's own: fingerprint, files, and what is refused."""

import hashlib
from pathlib import Path

import pytest

from provisioner import trust
from provisioner.errors import InputError, ProvisionerError

PEM = "-----BEGIN CERTIFICATE-----\nAAEC\n-----END CERTIFICATE-----\n"


def test_fingerprint_is_the_sha_256_of_the_certificate_in_pairs() -> None:
    pairs = trust.fingerprint(PEM).split(":")
    assert len(pairs) == 32 and "".join(pairs).lower() == hashlib.sha256(b"\x00\x01\x02").hexdigest()


def test_fingerprint_refuses_what_is_no_certificate() -> None:
    with pytest.raises(ProvisionerError):
        trust.fingerprint("<html>")


def test_fingerprint_refuses_a_certificate_that_brings_another_one() -> None:
    first = PEM.replace("AAEC", "AAE=")  # where it is padded, Python reads no further
    with pytest.raises(ProvisionerError):
        trust.fingerprint(first + PEM)


def test_save_into_a_file_or_a_folder(tmp_path: Path) -> None:
    found = trust.Authority("foyer.crt", PEM, trust.fingerprint(PEM))
    assert trust.save(found, tmp_path) == tmp_path / "foyer.crt"
    assert trust.save(found, tmp_path / "x.crt").read_text() == PEM
    with pytest.raises(InputError):
        trust.save(found, tmp_path / "none" / "x.crt")


def test_install_puts_it_into_debian_s_store_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[list[str]] = []
    monkeypatch.setattr(trust, "STORE", tmp_path)
    monkeypatch.setattr(trust, "_need_debian_and_root", lambda _option: None)
    monkeypatch.setattr(trust.runner, "run", lambda command, **_options: done.append(command))
    found = trust.Authority("foyer.crt", PEM, "")
    assert trust.install(found) and not trust.install(found)
    assert [path.name for path in tmp_path.iterdir()] == ["provisioner-foyer.crt"]
    assert trust.uninstall("foyer.crt") and not trust.uninstall("foyer.crt")
    assert done == [["update-ca-certificates"], ["update-ca-certificates", "--fresh"]]


def test_install_without_root_says_how(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trust, "STORE", tmp_path)
    monkeypatch.setattr(trust.os, "geteuid", lambda: 1000)
    with pytest.raises(ProvisionerError):
        trust.install(trust.Authority("foyer.crt", PEM, ""))
