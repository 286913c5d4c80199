"""CycloneDX 1.6 of what was found. The same findings give the same bytes: the serial number comes from the content."""

import hashlib
import json
import uuid
from datetime import datetime
from typing import Any

from cyclonedx.model import Property
from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import DisjunctiveLicense
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.spdx import fixup_id
from packageurl import PackageURL

from provisioner import __version__
from provisioner.sbom.inventory import Contents, Inventory, Package

NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://cyclonedx.org/bom")


def write_all(found: Inventory, when: datetime | None = None) -> dict[str, str]:
    """Return the name of each host and instance -> its bill of materials as JSON, with the time only when given."""
    texts = {f"host-{name}": write(name, [host.contents], when) for name, host in found.hosts.items()}
    return {**texts, **{name: write(name, images, when) for name, images in found.instances.items()}}


def write(name: str, parts: list[Contents], when: datetime | None = None) -> str:
    """Given a host or instance and the contents of its images, return its bill of materials as JSON."""
    root = Component(name=name, type=ComponentType.APPLICATION, bom_ref=name)
    bom = Bom(metadata=BomMetaData(component=root))
    images = [_image(name, contents) for contents in parts]
    bom.components.update(images)
    bom.register_dependency(root, images)
    for image in images:
        bom.register_dependency(image, image.components)
    data: dict[str, Any] = json.loads(JsonV1Dot6(bom).output_as_string())
    _settle(data, when)
    return json.dumps(data, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _settle(data: dict[str, Any], when: datetime | None) -> None:
    """Take out what would differ from run to run; the serial number names the content."""
    data.pop("serialNumber", None)
    data["metadata"].pop("timestamp", None)
    data["metadata"]["tools"] = {"components": [{"type": "application", "name": "provisioner", "version": __version__}]}
    digest = hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()
    data["serialNumber"] = f"urn:uuid:{uuid.uuid5(NAMESPACE, digest)}"
    if when:
        data["metadata"]["timestamp"] = when.isoformat(timespec="seconds")


def _image(owner: str, contents: Contents) -> Component:
    reference = f"{owner}/{contents.name}"
    known = contents.reference or contents.digest
    properties = [Property(name="provisioner:container", value=contents.name)] if contents.digest else []
    named = {"version": contents.version, "stands-for": contents.stands_for}
    properties += [Property(name=f"provisioner:{key}", value=value) for key, value in named.items() if value]
    properties += [Property(name="provisioner:opaque", value=path) for path in contents.opaque]
    properties += [Property(name="provisioner:unknown", value=contents.error)] if contents.error else []
    return Component(
        name=known.partition("@")[0] or contents.name,
        version=contents.digest or contents.release.get("VERSION_ID", ""),
        type=ComponentType.CONTAINER if contents.digest else ComponentType.OPERATING_SYSTEM,
        bom_ref=reference,
        purl=_image_url(contents),
        properties=properties,
        components=[_package(reference, package, contents) for package in contents.packages],
    )


def _package(owner: str, package: Package, contents: Contents) -> Component:
    url = package_url(package, contents.release)
    group = url.namespace if url.type in ("npm", "composer") else None
    return Component(
        name=url.name,
        group=group,
        version=package.version,
        type=ComponentType.LIBRARY,
        bom_ref=f"{owner}#{url.to_string()}",
        purl=url,
        licenses=[_license(name) for name in package.licenses],
    )


def _license(name: str) -> DisjunctiveLicense:
    identifier = fixup_id(name)
    return DisjunctiveLicense(id=identifier) if identifier else DisjunctiveLicense(name=name)


def package_url(package: Package, release: dict[str, str]) -> PackageURL:
    """Return the package URL (purl) of a package; distributions' packages name their release."""
    namespace, name = None, package.name
    qualifiers = {}
    if package.type in ("deb", "apk"):
        namespace = release.get("ID", "debian" if package.type == "deb" else "alpine")
        distro = "-".join(part for part in (namespace, release.get("VERSION_ID", "")) if part)
        qualifiers = {"arch": package.arch, "distro": distro}
    elif package.type in ("npm", "composer", "golang") and "/" in name:
        namespace, _slash, name = name.rpartition("/")
    elif package.type == "pypi":
        name = name.lower().replace("_", "-")
    return PackageURL(package.type, namespace, name, package.version, {k: v for k, v in qualifiers.items() if v})


def _image_url(contents: Contents) -> PackageURL | None:
    if not contents.digest.startswith("sha256:") or not contents.reference:
        return None
    where, _colon, tag = contents.reference.partition("@")[0].rpartition(":")
    if not where or "/" in tag:
        where, tag = contents.reference.partition("@")[0], ""
    qualifiers = {"repository_url": where, **({"tag": tag} if tag else {})}
    return PackageURL("oci", None, where.rpartition("/")[2], contents.digest, qualifiers)
