"""Converge 300 unchanged instances' files: the host program against the Ansible tasks one would loop over them."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.clock import seconds
from bench.synthetic import stacks
from provisioner.apply import host_program
from provisioner.catalog import load_catalog
from provisioner.host import layout
from provisioner.host.converge import settled_digest
from provisioner.render import PROXY, render_host

INSTANCES = 300
LOOPED = 10
PLAYBOOK = """
- hosts: all
  gather_facts: false
  tasks:
    - ansible.builtin.file: {{path: "{target}/{{{{ item }}}}", state: directory, mode: "0755"}}
      loop: "{{{{ names }}}}"
    - ansible.builtin.copy:
        {{src: "{source}/{{{{ item }}}}/compose.yaml", dest: "{target}/{{{{ item }}}}/compose.yaml", mode: "0644"}}
      loop: "{{{{ names }}}}"
    - ansible.builtin.copy: {{src: "{source}/{{{{ item }}}}/.env", dest: "{target}/{{{{ item }}}}/.env", mode: "0644"}}
      loop: "{{{{ names }}}}"
"""


def run() -> Iterator[dict[str, object]]:
    """Yield the looped tasks (few instances, scaled up: their cost is linear) and the host program (all of them)."""
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        request = _prepare(base)
        looped = _looped(base)
        environment = {**os.environ, "PROVISIONER_ROOT": f"{base}/srv", "PROVISIONER_STATE": f"{base}/state"}
        program = base / "host.pyz"
        program.write_bytes(host_program())

        def ours() -> None:
            command = [sys.executable, str(program), "start"]
            done = subprocess.run(command, input=request, capture_output=True, check=True, env=environment)
            changes = json.loads(done.stdout)["changes"]
            assert len(changes) == INSTANCES and all(change["action"] == "none" for change in changes), changes[:3]

        all_ = seconds(ours, times=3)
    yield {"what": f"file + copy + copy looped over {INSTANCES} ({LOOPED} measured)", "seconds": looped, "goal": ""}
    yield {
        "what": f"host program, {INSTANCES} unchanged instances", "seconds": all_, "ratio": f"{looped / all_:.0f}x",
        "goal": "goal >= 50x",
    }  # fmt: skip


def _prepare(base: Path) -> bytes:
    """Write 300 settled instances (files only: no container is wished, so none is missing) and return the request."""
    catalog = load_catalog()
    tree = render_host(stacks(catalog, INSTANCES // 4), catalog)
    instances: dict[str, Any] = {}
    ports = {}
    for port, (name, wished) in enumerate(sorted(tree.instances.items()), 30000):
        if name == PROXY:
            continue
        ports[name] = port
        instances[name] = {**wished, "containers": []}
        texts = {path: tree.blobs[sha].replace("@HTTP_PORT@", str(port)) for path, sha in wished["files"].items()}
        for path, text in texts.items():
            layout.write(base / "srv/instances" / name / path, text)
        layout.write(base / "srv/proxy/routes" / f"{name}.caddy", texts["route.open.caddy"])
        settled = settled_digest({path: layout.digest(text) for path, text in texts.items()}, {})
        layout.write_json(base / "state/state" / f"{name}.json", {"settled": settled, "opened": True})
    layout.write_json(base / "state/ports.json", ports)
    desired = {"associations": tree.associations, "blobs": tree.blobs, "instances": instances, "remove": False}
    return json.dumps({"desired": desired, "secrets": {}}).encode()


def _looped(base: Path) -> float:
    """Return the seconds that three looped tasks would take for all instances, from a few, when nothing changes."""
    names = sorted(path.name for path in (base / "srv/instances").iterdir())[:LOOPED]
    (base / "play.yml").write_text(PLAYBOOK.format(source=base / "srv/instances", target=base / "looped"), "utf-8")
    (base / "vars.json").write_text(json.dumps({"names": names}), "utf-8")
    command = [
        str(Path(sys.executable).parent / "ansible-playbook"), "-i", "localhost,", "-c", "local",
        "-e", f"ansible_python_interpreter={sys.executable}", "-e", f"@{base}/vars.json", str(base / "play.yml"),
    ]  # fmt: skip
    (base / "looped").mkdir()
    subprocess.run(command, capture_output=True, check=True)
    nothing = seconds(lambda: subprocess.run([command[0], "--version"], capture_output=True, check=True))
    again = seconds(lambda: subprocess.run(command, capture_output=True, check=True))
    return (again - nothing) / LOOPED * INSTANCES + nothing
