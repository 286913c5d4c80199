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


def test_install_and_remove_hold_once_and_end_what_was_cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The real program is tried on rehearsal hosts; here it is cut off in the middle."""
    updates: list[bool] = []  # whether each got to its end

    def update(_command: list[str], **_options: object) -> None:
        updates.append(not updates or updates[-1] is False)
        if not updates[-1]:
            raise ProvisionerError("cut off")
        trust.BUNDLE.write_text("".join(path.read_text() for path in tmp_path.glob("*.crt")))

    monkeypatch.setattr(trust, "STORE", tmp_path)
    monkeypatch.setattr(trust, "BUNDLE", tmp_path / "bundle")
    monkeypatch.setattr(trust, "_need_debian_and_root", lambda _option: None)
    monkeypatch.setattr(trust.runner, "run", update)
    found, renewed = (
        trust.Authority("foyer.crt", PEM, ""),
        trust.Authority("foyer.crt", PEM.replace("AAEC", "AAED"), ""),
    )
    assert trust.install(found) and not trust.install(found)
    with pytest.raises(ProvisionerError):
        trust.install(renewed)
    assert trust.install(renewed) and not trust.install(renewed)
    with pytest.raises(ProvisionerError):
        trust.uninstall("foyer.crt")
    assert trust.uninstall("foyer.crt") and not trust.uninstall("foyer.crt")
    assert [path.name for path in tmp_path.iterdir()] == ["bundle"] and trust.BUNDLE.read_text() == ""
    assert updates == [True, False, True, False, True]


def test_install_without_root_says_how(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trust, "STORE", tmp_path)
    monkeypatch.setattr(trust.os, "geteuid", lambda: 1000)
    with pytest.raises(ProvisionerError):
        trust.install(trust.Authority("foyer.crt", PEM, ""))
