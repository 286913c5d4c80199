"""Write a user's content through the application's own interface and read it back, over HTTPS by name."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

from .fill import fill_any, fill_text
from .https import Site, perform

Execute = Callable[[str, list[str]], str]


class ProbeFailed(Exception):
    """A step did not give what it had to. The message names the step, what came and what was wanted."""


def run_steps(steps: list[dict[str, Any]], values: dict[str, str], site: Site, execute: Execute) -> list[str]:
    """Given probe steps and the values to fill in, run them in order and return the text each one gave.

    Captures are added to the values. Raise ProbeFailed at the first step that does not give what it must.
    """
    texts = []
    for number, step in enumerate(steps, 1):
        if "run" in step:
            texts.append(execute(step["in"], [fill_text(word, values) for word in step["run"]]))
            continue
        filled = {key: step[key] if key in ("capture", "expect") else fill_any(step[key], values) for key in step}
        try:
            status, text = perform(site, filled)
        except OSError as error:
            raise ProbeFailed(f"step {number}, {step['request']}: no answer from {site.domain}: {error}") from error
        texts.append(text)
        _judge(number, step, filled, status, text)
        for name, pattern in step.get("capture", {}).items():
            found = re.search(pattern, text)
            if not found:
                raise ProbeFailed(f"step {number}, {step['request']}: nothing matches {pattern!r} for {name}")
            values[name] = html.unescape(found.group(1))
    return texts


def write(probe: dict[str, Any], values: dict[str, str], site: Site, execute: Execute) -> None:
    """Write the marker in `values`. Raise ProbeFailed when the application does not take it."""
    run_steps(probe["write"], dict(values), site, execute)


def read(probe: dict[str, Any], values: dict[str, str], site: Site, execute: Execute) -> None:
    """Read the marker in `values` back. Raise ProbeFailed when no answer contains it."""
    texts = run_steps(probe["read"], dict(values), site, execute)
    if not any(values["marker"] in text for text in texts):
        raise ProbeFailed(f"what was written ({values['marker']}) cannot be read back")


def _judge(number: int, step: dict[str, Any], filled: dict[str, Any], status: int, text: str) -> None:
    expected = step.get("expect") or [200]
    if status not in expected:
        shown = " ".join(re.sub(r"<[^>]*>", " ", text).split())[:160]
        raise ProbeFailed(f"step {number}, {step['request']}: answered {status}, wanted {expected}: {shown}")
    if filled.get("contains") and filled["contains"] not in text:
        raise ProbeFailed(f"step {number}, {step['request']}: the answer lacks {step['contains']!r}")
