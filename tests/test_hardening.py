"""Container rules: keys of Compose that are refused, the proxy with its own waivers, and the figures of the catalog.

The rules themselves have their cases in cases/catalog/bad (what is written) and cases/running (what runs).
"""

from pathlib import Path

import pytest
import yaml
from test_catalog import changed_entry, found_in

from provisioner.catalog import load_catalog
from provisioner.hardening import RULES, broken
from provisioner.hardening.count import both, count_rules
from provisioner.models.compose import megabytes
from provisioner.paths import data_dir

CASES = Path(__file__).parent / "cases" / "catalog"
PROXY = data_dir("templates") / "proxy" / "compose.yaml"
# Why the one container on the host's own network differs. An idle line fails, as in the catalog.
PROXY_WAIVERS = {
    "user": "Ports under 1024 of the host's own network: a file capability would not survive no-new-privileges.",
    "cap_add": "NET_BIND_SERVICE, to bind ports 80 and 443; nothing else of root is left.",
    "privileged": "network_mode: host, because instances publish on 127.0.0.1 only.",
    "binds": "Its configuration and the routes, read-only; and in memory the log of failed sign-ins for fail2ban.",
    "networks": "It has none: see privileged.",
}


@pytest.mark.parametrize("line", yaml.safe_load((CASES / "refused.yaml").read_text("utf-8")))
def test_a_key_that_would_open_the_host_is_refused_with_its_line(line: str, tmp_path: Path) -> None:
    case = {"compose.yaml": {"pids_limit: 100": f"pids_limit: 100\n    {line}"}}
    key = line.partition(":")[0]
    [found] = found_in(changed_entry(case, tmp_path))
    assert found.startswith(f"compose.yaml:11: services.app.{key}: unknown key '{key}'")


def test_the_proxy_obeys_every_rule_but_those_its_waivers_name() -> None:
    from provisioner.models.compose import Compose

    data = yaml.safe_load(PROXY.read_text("utf-8"))
    assert data.pop("name") == "provisioner_proxy"
    compose = Compose.model_validate(data)
    found = broken(compose, {"caddy"})
    assert found == {"caddy": [rule for rule in RULES if rule in PROXY_WAIVERS]}
    mounts = [item.split(":") for item in compose.services["caddy"].volumes]
    assert all(mount[2:] == ["ro"] for mount in mounts if mount[0].startswith("."))
    from_root = [mount[0] for mount in mounts if mount[0].startswith("/")]
    assert from_root == ["/run/provisioner/sign-in"], "who failed to sign in, in memory, for role limits"


def test_every_container_of_the_catalog_keeps_what_is_promised() -> None:
    counts = {count["rule"]: count for count in count_rules(load_catalog().services.values())}
    total = counts["user"]["of"]
    assert total >= 60
    always = (
        "no_new_privileges",
        "cap_drop",
        "pids_limit",
        "mem_limit",
        "healthcheck",
        "logging",
        "restart",
        "security_opt",
    )
    assert {rule: counts[rule]["waived"] for rule in (*always, "binds", "networks", "privileged", "sysctls")} == {
        rule: [] for rule in (*always, "binds", "networks", "privileged", "sysctls")
    }
    assert both(list(counts.values())) >= 0.9 * total


@pytest.mark.parametrize(("size", "mib"), [("256m", 256), ("1g", 1024), ("1GB", 1024), ("4096k", 4), ("lots", None)])
def test_megabytes_reads_sizes_as_compose_writes_them(size: str, mib: int | None) -> None:
    assert megabytes(size) == mib


def test_a_link_among_the_files_would_ship_a_file_of_this_machine(tmp_path: Path) -> None:
    (tmp_path / "key.txt").write_text("private")
    entry = changed_entry({}, tmp_path)
    (entry / "files").mkdir(exist_ok=True)
    (entry / "files" / "theme.txt").symlink_to(tmp_path / "key.txt")
    assert found_in(entry) == ["files/theme.txt: a link to another place: put the file itself here"]
