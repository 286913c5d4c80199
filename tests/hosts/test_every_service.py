"""The services that the other host tests leave out: each takes a user's content and gives it back from outside."""

import pytest
from rehearsal import HostMaker, Stack

from provisioner.paths import data_dir

pytestmark = pytest.mark.lab
SERVICES = ["canaille", "dokuwiki", "wordpress"]


@pytest.fixture(scope="module")
def stack(make_host: HostMaker, tmp_path_factory: pytest.TempPathFactory) -> Stack:
    """Apply a stack of these services, from our own catalog, on a bare host."""
    folder = tmp_path_factory.mktemp("every")
    host = make_host("every", "13")
    made = Stack.make(folder / "every", host, data_dir("catalog"), folder / "identity.txt", SERVICES)
    done = made.apply()
    assert done.code == 0, done.err
    return made


def test_every_service_gives_back_from_outside_what_a_user_wrote(stack: Stack) -> None:
    found = stack.run("probe", str(stack.folder), "--json", "--from-here")
    assert found.code == 0, found.out + found.err
    assert set(found.json["instances"]) == {f"every_{name}" for name in SERVICES}
    assert all(item["ok"] and item["marker"] for item in found.json["instances"].values())


def test_every_service_is_left_alone_by_a_second_apply(stack: Stack) -> None:
    assert stack.apply().json["changed"] == 0


def test_every_service_started_again_is_set_up_again_and_keeps_what_was_written(stack: Stack) -> None:
    markers = stack.write()
    stack.host.run("docker stop $(docker ps --quiet --filter name=every_)", timeout=300)
    assert set(stack.apply().actions) == {f"every_{name}" for name in SERVICES}
    stack.read(markers)
    assert stack.apply().json["changed"] == 0
