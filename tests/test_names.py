"""Names that lead nowhere are told before anything is done."""

import pytest

from provisioner.errors import InputError
from provisioner.names import check_names

KNOWN = {"pads.a.org": ["203.0.113.7"], "wiki.a.org": ["198.51.100.1"], "203.0.113.7": ["203.0.113.7"]}


def look_up(name: str) -> list[str]:
    return KNOWN.get(name, [])


def test_check_names_that_lead_to_the_host_says_nothing():
    assert check_names(["pads.a.org"], "203.0.113.7", look_up) == []


def test_check_names_that_lead_elsewhere_warns():
    [warning] = check_names(["pads.a.org", "wiki.a.org"], "203.0.113.7", look_up)
    assert "wiki.a.org" in warning and "198.51.100.1" in warning and "pads.a.org" not in warning


def test_check_names_unknown_names_all_of_them_and_the_record_to_add():
    with pytest.raises(InputError) as caught:
        check_names(["pads.a.org", "x.a.org", "y.a.org"], "203.0.113.7", look_up)
    assert "x.a.org, y.a.org" in caught.value.message
    assert "NAME  A  203.0.113.7" in caught.value.hint
    assert caught.value.exit_code == 2
