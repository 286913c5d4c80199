"""A running stack changes: on purpose in stack.yaml, by accident on the host. Content stays in each case."""

import pytest
from rehearsal import INSTANCES, Stack

pytestmark = pytest.mark.lab


def neighbours(alpha: Stack) -> dict[str, str]:
    """Return all containers but those of Etherpad."""
    return {name: row for name, row in alpha.host.containers().items() if "etherpad" not in name}


def test_changed_setting_is_shown_to_the_letter_and_touches_its_instance_alone(alpha: Stack, beta: Stack) -> None:
    markers, others = alpha.write(), neighbours(alpha)
    alpha.edit(r"WELCOME_TEXT: .*$", 'WELCOME_TEXT: "Welcome, all"')
    shown = alpha.run("plan", str(alpha.folder), "--diff")
    assert '+WELCOME_TEXT="Welcome, all"' in shown.out and "b/alpha_etherpad/.env" in shown.out
    changed = {line for line in shown.out.splitlines() if line.startswith("+++ ")}
    assert changed == {"+++ b/alpha_etherpad/.env", "+++ b/alpha_etherpad/instance.json"}
    applied = alpha.apply()
    assert applied.actions == {"alpha_etherpad": "update"} and applied.host["tasks"] == []
    assert neighbours(alpha) == others
    assert "Welcome, all" in alpha.host.run("docker exec alpha_etherpad-app-1 env")
    alpha.read(markers)


def test_drift_on_the_host_is_seen_and_repaired(alpha: Stack) -> None:
    markers, host = alpha.write(), alpha.host
    host.run(f"echo '# a hand was here' >> {INSTANCES}/alpha_radicale/compose.yaml && docker stop alpha_etherpad-db-1")
    planned = alpha.plan()
    assert planned.actions == {"alpha_etherpad": "start", "alpha_radicale": "update"}
    reasons = {item["instance"]: (item["files"], item["reason"]) for item in planned.host["instances"]}
    assert reasons["alpha_radicale"] == (["compose.yaml"], "")
    # Etherpad does not stay up without its database: either may be seen first.
    assert reasons["alpha_etherpad"][1] in ("container db is exited", "container app is restarting")
    assert alpha.apply().changes == planned.changes
    assert "a hand was here" not in host.run(f"cat {INSTANCES}/alpha_radicale/compose.yaml")
    alpha.read(markers)


def test_deleted_container_and_closed_route_are_seen_and_repaired(alpha: Stack) -> None:
    markers, host = alpha.write(), alpha.host
    host.run("docker rm --force alpha_radicale-app-1; rm /srv/provisioner/proxy/routes/alpha_etherpad.caddy")
    planned = alpha.plan()
    reasons = {item["instance"]: item["reason"] for item in planned.host["instances"] if item["reason"]}
    assert reasons == {"alpha_radicale": "container app is missing", "alpha_etherpad": "the route is closed"}
    assert alpha.apply().changes == planned.changes
    alpha.read(markers)


def test_service_leaves_only_when_asked_and_its_content_comes_back_with_it(beta: Stack) -> None:
    host, markers = beta.host, beta.write()
    secrets, volumes = beta.secrets_there(), host.names("volume")
    whole = (beta.folder / "stack.yaml").read_text("utf-8")
    beta.edit(r"^  radicale:", "  second:")
    beta.edit(r"subdomain: agenda", "subdomain: second")
    left = beta.apply()
    assert left.actions == {"beta_radicale": "orphan", "beta_second": "create"}
    assert host.fetch("agenda.beta.lab.test")[0] != 503 and host.containers("beta_radicale")

    assert beta.plan("--remove").actions == {"beta_radicale": "remove"}
    assert beta.apply("--remove").actions == {"beta_radicale": "remove"}
    assert not host.containers("beta_radicale") and volumes <= host.names("volume")
    with pytest.raises(OSError):
        host.fetch("agenda.beta.lab.test")
    assert beta.apply("--remove").json["changed"] == 0

    (beta.folder / "stack.yaml").write_text(whole, "utf-8")
    assert beta.apply("--remove").actions == {"beta_radicale": "create", "beta_second": "remove"}
    beta.read(markers)
    assert secrets.items() <= beta.secrets_there().items()
