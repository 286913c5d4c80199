"""Prove many services side by side, each worker on a rehearsal host of its own, and keep the newest proofs."""

import json
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Queue

from provisioner import runner
from provisioner.catalog import Catalog
from provisioner.host.layout import write as write_atomically
from provisioner.images import stand_in
from provisioner.images_recipes import load_images
from provisioner.ladder.rungs import RUNGS
from provisioner.load import load_model
from provisioner.models.proof import Proof, Proofs


def provable(catalog: Catalog) -> list[str]:
    """Return the services that run without any registry: a recipe stands in for each of their images."""
    images = load_images(catalog.folder)
    return [
        name for name, entry in catalog.services.items() if all(stand_in(ref, images) for ref in entry.images)
    ]  # fmt: skip


def prove_many(
    names: Iterable[str], jobs: int, options: list[str], prefix: str, done: Callable[[str, Proof | str], None]
) -> dict[str, Proof]:
    """Given services, prove each in a process of its own, `jobs` at a time, on hosts <prefix>-1, <prefix>-2 ...

    `done` is told each proof as it comes, or why there is none. Return the proofs.
    """
    hosts: Queue[str] = Queue()
    for number in range(1, jobs + 1):
        hosts.put(f"{prefix}-{number}")

    def one(name: str) -> tuple[str, Proof | str]:
        host = hosts.get()
        try:
            command = [
                sys.executable,
                "-m",
                "provisioner",
                "catalog",
                "prove",
                name,
                "--host",
                host,
                "--json",
                *options,
            ]
            ended = runner.run(command, check=False, timeout=5400)
            found: Proof | str = ended.stderr.strip()[-2000:]
            if ended.stdout.startswith("{"):
                found = Proofs.model_validate(json.loads(ended.stdout)).proofs[name]
        finally:
            hosts.put(host)
        done(name, found)
        return name, found

    with ThreadPoolExecutor(max_workers=jobs) as pool:
        return {name: found for name, found in pool.map(one, names) if isinstance(found, Proof)}


def keep(path: Path, proofs: dict[str, Proof]) -> None:
    """Put proofs into a file, in place of older ones of the same services; those of other services stay.

    Rungs that were not climbed this time stay from an older proof of the very same images.
    """
    old = load_model(path, Proofs).proofs if path.is_file() else {}
    new = {name: _with_rungs(proof, old.get(name)) for name, proof in proofs.items()}
    merged = Proofs(proofs=dict(sorted({**old, **new}.items())))
    text = json.dumps(merged.model_dump(mode="json", exclude_defaults=True), indent=1, ensure_ascii=False)
    write_atomically(path, text + "\n")


def _with_rungs(proof: Proof, before: Proof | None) -> Proof:
    if before is None or before.images != proof.images:
        return proof
    climbed = {rung.name: rung for rung in proof.rungs}
    names = [step.name for step in RUNGS if step.name in climbed or step.name in {r.name for r in before.rungs}]
    older = {rung.name: rung for rung in before.rungs}
    kept = {"previous": proof.previous or before.previous, "memory_mb": proof.memory_mb or before.memory_mb}
    return proof.model_copy(update={**kept, "rungs": [climbed.get(name) or older[name] for name in names]})
