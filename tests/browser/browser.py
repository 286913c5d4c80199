"""A headless Chromium and axe-core, for tests of pages in a real browser."""

import json
import os
import re
import shutil
import subprocess
import tarfile
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import pytest

AXE = "4.10.3"
CACHE = Path(__file__).parent.parent.parent / ".work" / "browser"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
A4_WIDTH, PHONE_WIDTH = 794, 390
# Where Chromium looks for news of itself, whatever page it shows.
BROWSERS_OWN = {"clients2.google.com", "update.googleapis.com", "accounts.google.com", "redirector.gvt1.com"}
AXE_RUN = """;
axe.run(document, {resultTypes: ["violations"]}).then(found => {
  document.title = JSON.stringify(found.violations.map(v => [v.id, v.nodes.map(n => n.html.slice(0, 80))]));
}, error => { document.title = JSON.stringify([["axe failed", [String(error)]]]); });
"""


def need(*programs: str) -> str:
    """Return the first program that is here; skip the test without one, or fail where CI must have it."""
    found = next((path for name in programs if (path := shutil.which(name))), None)
    if found is None:
        message = f"no {' or '.join(programs)} here (apt-get install chromium npm)"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(message)
    return found


def browse(page: Path, *options: str) -> str:
    """Open a page, with no network but files, and return what Chromium prints."""
    base = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--disable-background-networking"]
    quiet = [*base, "--disable-component-update", "--no-first-run", "--virtual-time-budget=8000"]
    profile = f"--user-data-dir={page.parent / 'profile'}"
    command = [need(*BROWSERS), *quiet, profile, *options, page.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    return done.stdout


def with_script(page: Path, script: str, name: str) -> Path:
    """Return a copy of a page that runs a script at its end; only the copy goes without its content policy."""
    html = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page.read_text("utf-8"))
    copy = page.with_name(name)
    copy.write_text(html.replace("</body>", f"<script>{script}</script></body>"), "utf-8")
    return copy


def answer(page: Path, script: str, *options: str) -> object:
    """Run a script that puts JSON into `document.title`, and return it."""
    dump = browse(with_script(page, script, f"asked-{page.name}"), "--dump-dom", *options)
    found = re.search(r"<title>(.*?)</title>", dump, re.DOTALL)
    assert found, dump[:500]
    text = found[1].replace("&lt;", "<").replace("&gt;", ">").replace("&nbsp;", " ").replace("&amp;", "&")
    return json.loads(text)


@cache
def axe() -> str:
    """Return the source of axe-core at its pinned version, fetched by npm once."""
    folder = CACHE / f"axe-core-{AXE}"
    if not (folder / "axe.min.js").exists():
        folder.mkdir(parents=True, exist_ok=True)
        command = [need("npm"), "pack", f"axe-core@{AXE}", "--silent"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
        if done.returncode:
            message = f"npm cannot fetch axe-core {AXE}: {done.stderr[-300:]}"
            (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(message)
        with tarfile.open(next(folder.glob("*.tgz"))) as archive:
            member = archive.extractfile("package/axe.min.js")
            assert member
            (folder / "axe.min.js").write_bytes(member.read())
    return (folder / "axe.min.js").read_text("utf-8").replace("</script", "<\\/script")


def frame(path: Path, width: int) -> tuple[int, int]:
    """Return how wide a page is when shown so wide; in a frame, since a window has a least width."""
    source = json.dumps(path.read_text("utf-8")).replace("</", "<\\/")
    script = f"""
    const box = document.createElement("iframe"); box.style.cssText = "width:{width}px;height:900px;border:0";
    box.onload = () => {{ const d = box.contentDocument.documentElement;
      document.title = JSON.stringify([d.scrollWidth, d.clientWidth]); }};
    box.srcdoc = {source}; document.body.append(box);
    """
    outer = path.with_name(f"outer-{path.name}")
    outer.write_text("<!doctype html><html><head><title>[]</title></head><body></body></html>", "utf-8")
    wide, there = answer(outer, script)  # type: ignore[misc]
    return wide, there


def hosts(path: Path) -> set[str]:
    """Return every host that the browser asks for while it shows a page."""
    log = path.with_suffix(".log.json")
    browse(path, f"--log-net-log={log}", "--dump-dom")
    events = json.loads(log.read_text("utf-8"))["events"]
    return {urlsplit(event.get("params", {}).get("url", "")).netloc for event in events} - {""}
