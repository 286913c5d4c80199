"""Run many command lines in one fresh Python, as a terminal would show them: exit code, output, error output."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

PROGRAM = """
import contextlib, io, json, os, sys, time
from provisioner.cli import main
results = []
for folder, arguments in json.load(sys.stdin):
    os.chdir(folder)
    out, err, code = io.StringIO(), io.StringIO(), 0
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main(arguments)
        except SystemExit as leave:
            code = leave.code or 0
    results.append([code, out.getvalue(), err.getvalue()])
json.dump(results, sys.__stdout__)
"""


def run_all(lines: list[tuple[Path, list[str]]], language: str, home: Path) -> list[tuple[int, str, str]]:
    """Given (folder, arguments) of each command line, return exit code, output and error output of each.

    `home` holds the identity and nothing else; no Docker engine is there, the terminal has 100 columns.
    """
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    environment = {
        **kept, "HOME": str(home), "PROVISIONER_LANG": language, "COLUMNS": "100", "DOCKER_HOST": "unix:///nonexistent",
        "PYTHONIOENCODING": "utf-8", "LANG": "C.UTF-8", "PYTHONPATH": str(Path(__file__).parent.parent),
    }  # fmt: skip
    given = json.dumps([[str(folder), arguments] for folder, arguments in lines])
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], input=given, capture_output=True, text=True, env=environment, cwd=home
    )
    assert done.returncode == 0, f"a bug, not a message: {done.stderr[-2000:]}"
    results: list[Any] = json.loads(done.stdout)
    return [(int(code), out, err) for code, out, err in results]
