"""How long a person waits for the program to answer at all."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from bench.clock import seconds

HERE = Path(sys.executable).parent


def run() -> Iterator[dict[str, object]]:
    """Compare `provisioner --help` with an empty Python and with `ansible --version`."""

    def call(*command: str) -> float:
        return seconds(lambda: subprocess.run(command, capture_output=True, check=True), times=5)

    empty, ours = call(sys.executable, "-c", "pass"), call(str(HERE / "provisioner"), "--help")
    ansible = call(str(HERE / "ansible"), "--version")
    yield {"what": "python -c pass", "seconds": empty, "goal": ""}
    yield {"what": "ansible --version", "seconds": ansible, "goal": ""}
    yield {"what": "provisioner --help", "seconds": ours, "ratio": f"{ansible / ours:.1f}x", "goal": "goal < 0.2 s"}
