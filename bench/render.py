"""Plan and render 5,000 instances: what a federation waits for before anything happens on hosts."""

from collections.abc import Iterator

from bench.clock import seconds
from bench.synthetic import stacks
from provisioner.catalog import Catalog, load_catalog
from provisioner.host.converge import decide
from provisioner.render import render_host

INSTANCES = 5000
NAIVE = 40


def run() -> Iterator[dict[str, object]]:
    """Compare one rendering of all with what a script per association does: load the catalog and render, each time."""
    catalog = load_catalog()
    per = len(stacks(catalog, 1)[0][0].services)
    found = stacks(catalog, INSTANCES // per)

    def ours() -> None:
        tree = render_host(found, catalog)
        nothing = {"instances": {}, "ports": {}, "listening": [], "disk_free_mb": 10**9}
        changes = decide({**tree.data(), "remove": False}, nothing)
        assert len(changes) == INSTANCES // per * per + 1

    def naive() -> None:
        for stack, lock in found[: NAIVE // per]:
            render_host([(stack, lock)], _fresh())

    each = seconds(naive) / NAIVE * INSTANCES
    all_ = seconds(ours, times=2)
    yield {
        "what": f"one catalog load and render per association ({INSTANCES}, from {NAIVE})",
        "seconds": each,
        "goal": "",
    }
    yield {
        "what": f"render and decide {INSTANCES} instances", "seconds": all_, "ratio": f"{each / all_:.0f}x",
        "goal": "goal < 5 s",
    }  # fmt: skip


def _fresh() -> Catalog:
    return load_catalog()
