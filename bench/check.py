"""`profile check` on the worst hostile files, against safe_load and jsonschema of the same file in the same run."""

import runpy
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from provisioner.paths import data_dir
from provisioner.profiles.rules import check_file

GOAL = "goal < 1 s"
TEXTS = Path(__file__).resolve().parent.parent / "tests" / "hostile_files.py"
PATIENCE = 20.0
WORST = 6


def run() -> Iterator[dict[str, object]]:
    """Yield the files that take `profile check` longest, each by both ways; seconds are those of the processor."""
    validator = _validator()
    with tempfile.TemporaryDirectory() as folder:
        paths = [
            _written(Path(folder) / name, text) for name, text in runpy.run_path(str(TEXTS))["hostile_files"]().items()
        ]
        check_file(paths[0])
        times = {path: _processor(lambda path=path: check_file(path)) for path in paths}  # type: ignore[misc]
        for path in sorted(paths, key=lambda path: -times[path])[:WORST]:
            plain, outcome = _plain(path, validator)
            yield {"what": f"safe_load and jsonschema: {path.name} ({outcome})", "seconds": plain, "goal": ""}
            ratio = f"{plain / times[path]:.1f}x"
            yield {"what": f"profile check: {path.name}", "seconds": times[path], "ratio": ratio, "goal": GOAL}


def _validator() -> Any:
    schema = yaml.safe_load((data_dir("schemas") / "needs-profile-1.0.schema.json").read_text("utf-8"))
    return jsonschema.Draft202012Validator(schema)


def _written(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8")
    return path


def _processor(act: Callable[[], object]) -> float:
    begin = time.process_time()
    act()
    return time.process_time() - begin


def _plain(path: Path, validator: Any) -> tuple[float, str]:
    """Return the seconds of the plain way, and how it ended: how many findings, or the error it broke off with."""
    begin, outcome = time.process_time(), ""
    try:
        data = yaml.safe_load(path.read_text("utf-8"))
        count = 0
        for count, _error in enumerate(validator.iter_errors(data), start=1):
            if time.process_time() - begin > PATIENCE:
                outcome = f"given up after {count} findings"
                break
        outcome = outcome or f"{count} findings"
    except Exception as error:
        outcome = type(error).__name__
    return time.process_time() - begin, outcome
