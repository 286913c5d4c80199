"""The house burns down: practised before, then everything comes back on a bare machine from a sheet and one copy."""

import json
import subprocess
from pathlib import Path

import pytest
from rehearsal import Host, HostMaker, Outcome, Stack, StackMaker
from saved import rest

from provisioner import lab
from provisioner.load import load_model
from provisioner.models.recovery import Sheet

pytestmark = pytest.mark.lab
VAULT = "/home/debian/vault"
SERVICES = ["etherpad", "radicale"]


@pytest.fixture(scope="module")
def vault(make_host: HostMaker) -> Host:
    """Return another host that keeps copies, reached by SSH only."""
    host = make_host("vault", "13")
    host.run(f"install -d -o debian -g debian -m 700 {VAULT}")
    return host


@pytest.fixture(scope="module")
def house(make_host: HostMaker, make_stack: StackMaker, vault: Host) -> tuple[Stack, dict[str, str]]:
    """Return a stack with content, backed up to a folder and to the vault, and its markers."""
    stack = make_stack("house", make_host("house", "13"), SERVICES, "none")
    key = " ".join(vault.lab.known_hosts.read_text().split()[1:3])
    block = f"""
backup:
  window: ""
  destinations:
    - {{name: disk, url: /var/backups/house, offsite: false}}
    - {{name: vault, url: "sftp:debian@{vault.lab.address}:{VAULT}", offsite: true, host_key: "{key}"}}
"""
    path = stack.folder / "stack.yaml"
    path.write_text(path.read_text("utf-8") + block, "utf-8")
    public = stack.run("secrets", "backup-key", "vault", "--stack", str(path))
    assert public.code == 0, public.err
    vault.run("cat >> /home/debian/.ssh/authorized_keys", public.out)
    rest(stack.host)  # at ten past, its backup or check would be in the way of ours
    stack.apply()
    markers = stack.write()
    accounts(stack.host, "ensure ada", "ada's own password")
    done = stack.run("backup", "run", "--stack", str(path), "--json")
    assert done.code == 0, done.out + done.err
    return stack, markers


def test_drill_reads_everything_and_the_host_signs_for_it(house: tuple[Stack, dict[str, str]]) -> None:
    stack, markers = house
    before = stack.host.containers()
    done = stack.run("drill", "--stack", str(stack.folder / "stack.yaml"), "--json", "--destination", "vault")
    assert done.code == 0, done.out + done.err
    report = done.json["report"]
    assert report["signed"] == "yes"
    assert {item["instance"]: item["marker"] for item in report["instances"]} == markers
    assert all(item["ok"] and item["counts"] and item["rto_seconds"] > 0 for item in report["instances"])
    page = Path(done.json["files"][2]).read_text("utf-8")
    assert "Tout est revenu" in page and "etherpad" in page
    assert stack.host.containers() == before, "a drill touches nothing that runs"
    left = stack.host.run("docker volume ls -q; docker network ls --format '{{.Name}}'; ls /srv/provisioner/restores")
    assert "sandbox" not in left and ".g" not in left
    status = stack.run("status", str(stack.folder / "stack.yaml"), "--json").json["hosts"]
    [told] = [each["backups"]["house"] for each in status.values()]
    assert all(item["drill"]["ok"] for item in told["instances"].values())


def test_forged_drill_report_is_found_out(house: tuple[Stack, dict[str, str]]) -> None:
    stack, _markers = house
    files = sorted((stack.folder / "drills").glob("*.json"))
    text = files[-1].read_text("utf-8")
    forged = text.replace('"ok": true', '"ok":  true')
    assert forged != text and _verified(stack, text, files[-1]) and not _verified(stack, forged, files[-1])


def _verified(stack: Stack, text: str, report: Path) -> bool:
    """Verify as anybody can, with OpenSSH alone and the host's public key."""
    signers = stack.folder / "signers"
    signers.write_text(f"host {' '.join(stack.host.lab.known_hosts.read_text().split()[1:3])}\n")
    line = ["ssh-keygen", "-Y", "verify", "-f", str(signers), "-I", "host", "-n", "provisioner-drill"]
    done = subprocess.run([*line, "-s", f"{report}.sig"], input=text, text=True, capture_output=True, check=False)
    return done.returncode == 0


def accounts(host: Host, words: str, stdin: str = "") -> list[str]:
    """Ask Radicale about its accounts, and return the lines of its answer."""
    line = f"docker exec -i house_radicale-app-1 /app/bin/python /provisioner/accounts.py {words}"
    return host.run(line, stdin).split()


def test_erased_person_stays_erased_after_a_restore(house: tuple[Stack, dict[str, str]]) -> None:
    stack, markers = house
    assert "ada" in accounts(stack.host, "all")
    accounts(stack.host, "remove ada")
    stack.host.ask("erased", {"association": "house", "service": "radicale", "subject": "ada"})
    done = stack.run("restore", "radicale", "--stack", str(stack.folder / "stack.yaml"), "--yes", "--json")
    assert done.code == 0, done.out + done.err
    [told] = done.json["restored"]
    assert told["verified"]["erased"] == 1 and told["verified"]["counts"]["accounts"] == 2
    assert accounts(stack.host, "all") == ["admin"]
    stack.read({"house_radicale": markers["house_radicale"]})
    assert stack.apply().json["changed"] == 0


def test_timer_does_by_itself_what_is_due(house: tuple[Stack, dict[str, str]]) -> None:
    stack, _markers = house
    assert stack.host.run("systemctl is-enabled provisioner-tick.timer").strip() == "enabled"
    later = float(stack.host.run("date +%s")) + 26 * 3600
    request = json.dumps({"now": later})
    lines = stack.host.run("python3 /usr/local/lib/provisioner/host.pyz tick", request, timeout=600)
    done = json.loads(lines.splitlines()[-1])["house"]
    kinds = [job["kind"] for job in done]
    assert kinds[0] == "backup" and {"check", "round"} <= set(kinds), done
    assert all(item["ok"] for each in done[0]["result"]["instances"].values() for item in each.values())


def test_all_comes_back_on_a_bare_host_from_sheet_and_copy(
    house: tuple[Stack, dict[str, str]], make_host: HostMaker, tmp_path: Path
) -> None:
    stack, markers = house
    path, sheet = stack.folder / "stack.yaml", tmp_path / "sheet.json"
    written = stack.run("recovery-sheet", str(path), "--out", str(tmp_path / "sheet.html"), "--json", str(sheet))
    assert written.code == 0, written.err
    assert load_model(sheet, Sheet).services == SERVICES and sheet.stat().st_mode & 0o777 == 0o600
    secrets = {name: text for name, text in stack.secrets_there().items() if "_backup/" not in name}
    lab.down(stack.host.lab.name)  # the fire
    lab.up(stack.host.lab.name)  # so that the session's end finds it; nothing of it is used any more
    bare = make_host("phoenix", "13")
    rest(bare)
    risen = Stack(tmp_path / "house", bare, stack.catalog, tmp_path / "identity.txt")
    done = risen.run("recover", str(sheet), "--lab", bare.lab.name, "--folder", str(risen.folder), "--json")
    assert done.code == 0, done.out + done.err
    assert {name: item["ok"] for name, item in done.json["instances"].items()} == dict.fromkeys(markers, True)
    assert {name: item["marker"] for name, item in done.json["instances"].items()} == markers
    risen.read(markers)
    assert {n: t for n, t in risen.secrets_there().items() if "_backup/" not in n} == secrets
    assert risen.apply().json["changed"] == 0
    again = risen.run("backup", "run", "--stack", str(risen.folder / "stack.yaml"), "--json")
    assert again.code == 0, again.out + again.err
    listed: Outcome = risen.run("backup", "list", "--stack", str(risen.folder / "stack.yaml"), "--json")
    assert len([each for each in listed.json["vault"]["snapshots"] if each["instance"] == "house_radicale"]) >= 3
