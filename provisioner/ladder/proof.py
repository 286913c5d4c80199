"""Climb the ladder with one service and write down how it went."""

import re
import time
from pathlib import Path

from provisioner import lab
from provisioner.catalog import Catalog, CatalogEntry
from provisioner.errors import ProvisionerError
from provisioner.host.layout import BACKUP
from provisioner.i18n import _
from provisioner.images import build_images, stand_in
from provisioner.images_push import push_image
from provisioner.images_recipes import load_images, load_previous, load_recipes
from provisioner.ladder.rungs import RUNGS, Step
from provisioner.ladder.stage import ONE, TWO, Fell, LeftOut, Say, Stage, prepare
from provisioner.models.proof import Proof, Rung
from provisioner.models.stack import Lock, LockedImage
from provisioner.purge import purge
from provisioner.registry import parse_reference
from provisioner.saving import instance

NEEDS_PROBE = ("written", "neighbour", "upgrade", "restart", "rotate", "retention", "domain", "removal", "purge")


def prove(
    entry: CatalogEntry,
    catalog: Catalog,
    host: lab.LabHost,
    folder: Path,
    say: Say,
    *,
    since: tuple[str, ...] = (),
    only: tuple[str, ...] = (),
    keep: bool = False,
) -> Proof:
    """Given a service and a rehearsal host, climb every rung (or `only` some) and return the proof.

    `since` names local images to upgrade from, default: the version before of the recipe. With `keep` the instances
    stay on the host. Raise ProvisionerError when the proof cannot begin: no images, no host.
    """
    stage = prepare(entry, catalog, host, folder, say)
    stage.previous, stage.no_previous = earlier(stage, since)
    rungs: list[Rung] = []
    for step in RUNGS:
        if only and step.name not in (*only, "install", "probe"):
            continue
        rungs.append(_climb(step, stage, rungs))
        say(
            _("{rung}: {outcome} {told}").format(rung=step.name, outcome=rungs[-1].outcome, told=rungs[-1].told).strip()
        )
    version = str(_status(stage).get("version", "")) or entry.version
    if not keep:
        _clean(stage)
    return _proof(stage, version, rungs)


def _proof(stage: Stage, version: str, rungs: list[Rung]) -> Proof:
    entry, before = stage.entry, stage.previous.images if stage.previous else {}
    main = entry.compose.services[entry.service.upgrade.version_of].image
    return Proof(
        service=entry.name,
        version=version,
        previous=before[main].version if main in before and before != stage.current.images else "",
        date=time.strftime("%Y-%m-%d", time.gmtime()),
        debian=stage.host.debian,
        images={name: _told(image) for name, image in stage.current.images.items() if name in entry.images},
        memory_mb=stage.memory_mb,
        declared_mb=stage.declared_mb,
        rungs=rungs,
    )


def _climb(step: Step, stage: Stage, before: list[Rung]) -> Rung:
    """Climb one rung. Those that read what a user wrote are left out when nothing could be written."""
    if step.climb is None:
        return Rung(name=step.name, outcome="later", told=_("comes with a later version"))
    fallen = [rung.name for rung in before if rung.outcome == "failed" and rung.name in ("install", "probe")]
    if fallen and (step.name in NEEDS_PROBE or "install" in fallen):
        return Rung(name=step.name, outcome="left out", told=_("after {rung} failed").format(rung=fallen[0]))
    started = time.monotonic()
    try:
        told, outcome = step.climb(stage), "passed"
    except LeftOut as reason:
        told, outcome = str(reason), "left out"
    except (Fell, ProvisionerError) as error:
        told, outcome = str(error), "failed"
    seconds = round(time.monotonic() - started, 1)
    return Rung.model_validate({"name": step.name, "outcome": outcome, "seconds": seconds, "told": told})


def earlier(stage: Stage, since: tuple[str, ...]) -> tuple[Lock | None, str]:
    """Return the lock of the version before (None: there is none) and why there is none.

    Raise ProvisionerError when a named image is of no container of the service.
    """
    images, folder = load_images(stage.catalog.folder), stage.catalog.folder
    locked, registry = dict(stage.current.images), lab.registry(stage.say)
    for tag in since or _recipes_before(stage.entry, folder):
        made = load_previous(folder).get(tag)
        if made:
            build_images([tag], stage.say, folder)
        name = parse_reference(tag).name
        wanted = [
            ref for ref in stage.entry.images
            if name in (parse_reference(ref).name, getattr(stand_in(ref, images), "name", ""))
        ]  # fmt: skip
        if not wanted:
            text = _("{image} is no image of {service}").format(image=tag, service=stage.entry.name)
            raise ProvisionerError(text, _("Its images: {names}").format(names=", ".join(stage.entry.images)))
        pushed = push_image(tag, registry, stage.say)
        source = "stand-in" if name.startswith("provisioner/") else "local"
        version = parse_reference(tag).tag
        locked[wanted[0]] = LockedImage.model_validate({"image": pushed, "source": source, "version": version})
    if locked == stage.current.images:
        return None, next((r.no_previous for n, r in load_recipes(folder).items() if n == stage.entry.name), "")
    return Lock(lock="1.0", images=locked), ""


def _recipes_before(entry: CatalogEntry, folder: Path) -> list[str]:
    """Return the tag of the version before of the service's main image, where its recipe can build one."""
    main = stand_in(entry.compose.services[entry.service.upgrade.version_of].image, load_images(folder))
    return [tag for tag, image in load_previous(folder).items() if main and image.name == main.name]


def _status(stage: Stage) -> dict[str, object]:
    try:
        return stage.status(ONE)
    except (ProvisionerError, KeyError):
        return {}


def _clean(stage: Stage) -> None:
    """Take both instances and the backups away, as far as they are there: the next service finds a host as it was."""
    backed_up, stage.backup = stage.backup is not None, None
    for who in (ONE, TWO):
        if who in stage.bundles:
            try:
                bundle = stage.write(who, stage.current, with_service=False)
                stage.apply(who, remove=True)
                if stage.status(who):
                    purge(bundle, stage.instance(who))
                if who == ONE and backed_up:
                    purge(bundle, instance(bundle, BACKUP))
            except (Fell, ProvisionerError) as error:
                stage.say(_("not cleaned up: {reason}").format(reason=error))


def _told(image: LockedImage) -> str:
    digest = re.sub(r".*@(sha256:[0-9a-f]{12}).*", r"\1", image.image)
    return f"{image.source} {image.version} {digest}"
