"""From a bare host to a running stack: the plan is exact, and a second apply changes nothing."""

import pytest
from rehearsal import Stack
from watchers import First

pytestmark = pytest.mark.lab
CREATED = {("provisioner_proxy", "create"), ("alpha_etherpad", "create"), ("alpha_radicale", "create")}


def test_plan_of_a_bare_host_is_what_apply_then_does(first: First) -> None:
    assert first.planned.code == 0 and first.planned.json["ok"]
    assert first.planned.changes == first.applied.changes
    tasks, actions = first.applied.changes
    assert (
        actions == CREATED
        and "Install and configure Docker's engine and Compose" in tasks
        and "Install the host program" in tasks
    )
    assert first.planned.json["changed"] == first.applied.json["changed"]


def test_apply_again_and_plan_again_change_nothing(first: First) -> None:
    before = first.stack.host.containers()
    again, planned = first.stack.apply(), first.stack.plan()
    assert again.json["changed"] == 0 and planned.json["changed"] == 0
    assert again.changes == planned.changes == (set(), set())
    assert first.stack.host.containers() == before


def test_apply_on_debian_12_is_predicted_proved_and_stable(gamma: Stack) -> None:
    gamma.read(gamma.write())
    assert gamma.apply().json["changed"] == 0


def test_files_in_images_belong_to_accounts_and_not_to_all(first: First) -> None:
    """What a build brings from elsewhere has owners without a name: auditors of the host count every one of them."""
    host = first.stack.host
    images = set(host.run("docker ps --format '{{.Image}}'").split())
    assert len(images) >= 3
    wrong = r"/ -xdev \( -nouser -o -nogroup -o -perm -0002 ! -type l ! -type c ! -perm -1000 \)"
    for image in sorted(images):
        found = host.run(f"docker run --rm --network none --user 0 --entrypoint find {image} {wrong}")
        assert found.split() == [], image
