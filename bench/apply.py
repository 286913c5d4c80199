"""Apply of the demo's services against `docker compose up -d --wait` of the very same files, on one rehearsal host."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from bench.clock import seconds

HOST = "bench"
SERVICES = ("etherpad", "wordpress", "dokuwiki", "radicale")
PROVISIONER = str(Path(sys.executable).parent / "provisioner")
FOR_EACH = "for d in /srv/provisioner/instances/bench_*; do cd $d && {command}; done"
UP = "docker compose up -d --wait --quiet-pull >/dev/null 2>&1 || exit 1"
FORGET = "docker compose down -v >/dev/null 2>&1; rm -f /var/lib/provisioner/state/$(basename $d).json"


def run() -> Iterator[dict[str, object]]:
    """Yield both ways, from nothing (images and host ready) and again with nothing to do."""
    yield from on_a_host(_measure)


def on_a_host(measure: Callable[[Path], Iterator[dict[str, object]]]) -> Iterator[dict[str, object]]:
    """Measure on a rehearsal host that goes afterwards, with an identity of its own, in a folder for a stack."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["PROVISIONER_IDENTITY"] = f"{folder}/identity.txt"
        _call("lab", "up", "--host", HOST)
        try:
            yield from measure(Path(folder) / "s")
        finally:
            _call("lab", "down", "--host", HOST, "--yes")


def _measure(folder: Path) -> Iterator[dict[str, object]]:
    options = [word for name in SERVICES for word in ("--service", name)]
    _call("init", *options, "--domain", "bench.lab.test", "--id", "bench", "--lab", HOST, "--folder", str(folder))
    stack = str(folder)
    whole = seconds(lambda: _call("apply", stack))
    again = seconds(lambda: _call("apply", stack), times=3)
    idle = seconds(lambda: _root(FOR_EACH.format(command=UP)), times=3)
    _root(FOR_EACH.format(command=FORGET))
    baseline = seconds(lambda: _root(FOR_EACH.format(command=UP)))
    _root(FOR_EACH.format(command=FORGET))
    ours = seconds(lambda: _call("apply", stack))
    _call("probe", stack)
    yield {"what": "apply on a bare host: Docker, proxy, images, instances", "seconds": whole, "goal": ""}
    yield {"what": "docker compose up -d --wait, one instance after the other", "seconds": baseline, "goal": ""}
    ratio = f"{ours / baseline:.2f}x"
    yield {
        "what": "apply of the same, with set-up, admins and routes",
        "seconds": ours,
        "ratio": ratio,
        "goal": "goal <= 1.2x",
    }
    yield {"what": "docker compose up -d --wait again, nothing to do", "seconds": idle, "goal": ""}
    yield {
        "what": "apply again, nothing to do",
        "seconds": again,
        "ratio": f"{again / idle:.2f}x",
        "goal": "goal < 5 s",
    }


def _call(*arguments: str) -> None:
    done = subprocess.run([PROVISIONER, *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"provisioner {' '.join(arguments)}: exit code {done.returncode}\n{done.stderr[-2000:]}")


def _root(script: str) -> None:
    command = [PROVISIONER, "lab", "ssh", HOST, "sudo", "bash", "-c", script]
    subprocess.run(command, check=True, capture_output=True)
