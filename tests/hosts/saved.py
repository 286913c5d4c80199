"""A stack with backups, and what is done to it: backed up, restored, wiped, edited, killed in the middle of a step."""

import base64
import json
import shlex
import subprocess
from dataclasses import dataclass
from typing import Any

from rehearsal import INSTANCES, PROGRAM, Host, Outcome, Stack

from provisioner import lab

FIRST, SECOND = "/var/backups/one", "/var/backups/two"
WORK, RESTORES = "/var/lib/provisioner/work", "/srv/provisioner/restores"
RESTING = "/etc/systemd/system/provisioner-tick.service.d"
BLOCK = f"""
backup:
  window: ""
  destinations:
    - {{name: one, url: {FIRST}, offsite: false}}
    - {{name: two, url: {SECOND}, offsite: true}}
"""
# Runs a command of the host program in a session of its own and kills it some time after it told a step.
KILLER = f"""
import json, subprocess, sys, time
command, step, delay = sys.argv[1:]
pipes = dict(stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True)
program = subprocess.Popen(["python3", "{PROGRAM}", command], **pipes)
program.stdin.write(sys.stdin.buffer.read())
program.stdin.close()
for line in program.stdout:
    if json.loads(line).get("step") == step:
        time.sleep(float(delay))
        ended = program.poll() is not None
        program.kill()
        program.wait()
        sys.exit(print("ended" if ended else "killed"))
print("never")
"""


@dataclass(frozen=True)
class Answer:
    """What a command of the host program gave: its exit code, the steps it told, its answer, what went wrong."""

    code: int
    steps: list[str]
    data: dict[str, Any]
    error: str


def rest(host: Host) -> None:
    """Keep a host's own timer from backing up, checking and practising while a test does."""
    host.run(f"mkdir -p {RESTING} && printf '[Unit]\\nConditionPathExists=/nowhere\\n' > {RESTING}/rest.conf")


@dataclass(frozen=True)
class Saved:
    """A stack with backups to two folders of its host."""

    stack: Stack

    @classmethod
    def make(cls, stack: Stack) -> "Saved":
        """Add backups to a stack and apply it. Its timer never runs: what happens here is what a test asks for."""
        path = stack.folder / "stack.yaml"
        if "\nbackup:" not in path.read_text("utf-8"):
            path.write_text(path.read_text("utf-8") + BLOCK, "utf-8")
        rest(stack.host)
        stack.apply()
        return cls(stack)

    @property
    def host(self) -> Host:
        """Its host."""
        return self.stack.host

    @property
    def name(self) -> str:
        """The association's id."""
        return self.stack.folder.name

    def ask(self, command: str, **request: Any) -> Answer:
        """Run a command of the host program as root, whatever comes of it."""
        line = f"python3 {PROGRAM} {command} 2>/root/error; echo $?; cat /root/error"
        out, said = self.host.run(line, json.dumps(request), timeout=600), list[dict[str, Any]]()
        rows = out.splitlines()
        while rows and rows[0].startswith("{"):
            said.append(json.loads(rows.pop(0)))
        data = said.pop() if said and "step" not in said[-1] else {}
        return Answer(int(rows[0]), [each["step"] for each in said], data, "\n".join(rows[1:]))

    def begin(self, command: str, **request: Any) -> "subprocess.Popen[bytes]":
        """Start a command of the host program, whose end nobody waits for here."""
        line = lab.ssh_command(self.host.lab, [f"sudo python3 {PROGRAM} {command}"])
        process = subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        assert process.stdin
        process.stdin.write(json.dumps(request).encode())
        process.stdin.close()
        process.stdin = None  # so that communicate() can be asked for the end
        return process

    def backup(self, *only: str) -> dict[str, Any]:
        """Back up and return what came of it: instances -> destination -> result, records -> destination -> result."""
        done = self.ask("backup", associations=[self.name], only=list(only))
        assert done.code == 0, done.error
        return dict(done.data[self.name])

    def good(self, *only: str) -> dict[str, str]:
        """Back up, which must succeed everywhere, and return instance -> the snapshot in the first destination."""
        found = self.backup(*only)
        results = [each for item in (*found["instances"].values(), found["records"]) for each in item.values()]
        assert results and all(each["ok"] for each in results), found
        return {name: each["one"]["snapshot"] for name, each in found["instances"].items()}

    def listed(self, instance: str, destination: str = "one") -> list[str]:
        """Return the good snapshots of an instance that a destination's record names."""
        found = self.ask("snapshots", association=self.name).data[destination]["snapshots"]
        return [each["snapshot"] for each in found if each["instance"] == instance]

    def restore(self, instance: str, snapshot: str = "latest") -> Answer:
        """Ask the host program for a restore in place."""
        return self.ask("restore", association=self.name, instance=instance, snapshot=snapshot)

    def killed(self, command: str, step: str, delay: float, **request: Any) -> str:
        """Kill a command of the host program in a step. Return killed, ended (too late) or never (no such step)."""
        line = f"python3 -c {shlex.quote(KILLER)} {command} {shlex.quote(step)} {delay}"
        return self.host.run(line, json.dumps(request), timeout=600).strip()

    def restored(self, *words: str) -> Outcome:
        """Run `provisioner restore` as a person does, who does not want to be asked. It knows no catalog."""
        line, environment = self.stack.command(
            "restore", *words, "--stack", str(self.stack.folder / "stack.yaml"), "--yes"
        )
        done = subprocess.run(line, env=environment, capture_output=True, text=True, timeout=900, check=False)
        self.stack.said += [done.stdout, done.stderr]
        return Outcome(done.returncode, done.stdout, done.stderr)

    def wipe(self, instance: str) -> None:
        """Lose an instance: its containers, its data, its folder."""
        self.host.run(f"cd {INSTANCES}/{instance} && docker compose down -v && cd / && rm -r {INSTANCES}/{instance}")

    def command(self, instance: str, part: str, command: list[str]) -> None:
        """Change how an instance on the host is backed up: `part` is the place in service.json, as dumps/db/run."""
        path = f"{INSTANCES}/{instance}/service.json"
        whole = json.loads(self.host.run(f"cat {path}"))
        inner, *places = whole["backup"], *part.split("/")
        for place in places[:-1]:
            inner = inner[place]
        inner[places[-1]] = command
        self.host.run(f"cat > {path}", json.dumps(whole))

    def recipe(self, instance: str) -> str:
        """Return service.json of an instance, to be put back by `put_back`."""
        return self.host.run(f"cat {INSTANCES}/{instance}/service.json")

    def put_back(self, instance: str, recipe: str) -> None:
        """Put service.json of an instance back."""
        self.host.run(f"cat > {INSTANCES}/{instance}/service.json", recipe)

    def note(self, name: str, text: str, domain: str = "agenda") -> None:
        """Write an entry of its own in the calendar that the probe made."""
        body = (
            "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//t//t//EN\nBEGIN:VEVENT\n"
            f"UID:{name}\nDTSTAMP:20260101T000000Z\nDTSTART:20260101T100000Z\nSUMMARY:{text}\nEND:VEVENT\nEND:VCALENDAR\n"
        )
        status, _, said = self._calendar("PUT", name, domain, body.encode())
        assert status in (200, 201, 204), said

    def noted(self, name: str, domain: str = "agenda") -> str:
        """Return the text of an entry, "" when there is no such entry."""
        status, _, text = self._calendar("GET", name, domain)
        assert status in (200, 404), text
        return text.partition("SUMMARY:")[2].splitlines()[0] if status == 200 else ""

    def _calendar(self, method: str, name: str, domain: str, body: bytes = b"") -> tuple[int, dict[str, str], str]:
        login = base64.b64encode(f"admin:{self.secret('radicale', 'admin_password')}".encode()).decode()
        headers = {"Authorization": f"Basic {login}", "Content-Type": "text/calendar"}
        return self.host.fetch(f"{domain}.{self.name}.lab.test", f"/admin/probe/{name}.ics", method, body, headers)

    def secret(self, service: str, name: str) -> str:
        """Return a secret of an instance."""
        return self.host.run(f"cat {INSTANCES}/{self.name}_{service}/secrets/{name}")

    def left(self) -> list[str]:
        """Return what a backup or restore left behind and should not have."""
        files = self.host.run(f"find {WORK} {RESTORES} /var/lib/provisioner/restores -type f 2>/dev/null", check=False)
        quiet = self.host.run("grep -l '\"quiesced\": true' /var/lib/provisioner/state/*.json", check=False)
        boxes = self.host.run("docker ps -a --format '{{.Names}}'; docker network ls --format '{{.Name}}'").splitlines()
        return [*files.splitlines(), *quiet.splitlines(), *(each for each in boxes if "-sandbox" in each)]

    def unused(self) -> set[str]:
        """Return the volumes of this stack that no container uses."""
        used = self.host.run(
            "docker ps -aq | xargs docker inspect --format '{{range .Mounts}}{{println .Name}}{{end}}'"
        )  # fmt: skip
        return {each for each in self.host.names("volume") if each.startswith(f"{self.name}_")} - set(used.split())
