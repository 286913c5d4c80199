"""Files in which package managers write what is installed, read one at a time as they pass by. Pure.

A package is a dict: type, name, version, and where known source, source_version, arch, licenses (a list of texts).
Types are those of package URLs: deb, apk, pypi, npm, composer, gem, golang.
"""

from __future__ import annotations

import json
import re
from email.parser import HeaderParser
from typing import Any, BinaryIO

from . import go_program

Package = dict[str, Any]
MAX_BYTES = 16 * 2**20
STEERING = re.compile("[\x00-\x1f\x7f-\x9f]")
PLACES: tuple[tuple[str, str], ...] = (
    ("release", r"(etc|usr/lib)/os-release"),
    ("dpkg", r"var/lib/dpkg/status"),
    ("dpkg", r"var/lib/dpkg/status\.d/[^/]+(?<!\.md5sums)"),
    ("apk", r"(usr/)?lib/apk/db/installed"),
    ("python", r".*/[^/]+\.dist-info/METADATA"),
    ("python", r".*/[^/]+\.egg-info(/PKG-INFO)?"),
    ("npm", r"(.*/)?node_modules/(@[^/]+/)?[^/]+/package\.json"),
    ("composer", r"(.*/)?vendor/composer/installed\.json"),
    ("gem", r".*/specifications/(default/)?[^/]+\.gemspec"),
    ("copyright", r"usr/share/doc/[^/]+/copyright"),
    ("owned", r"var/lib/dpkg/info/[^/]+\.list"),
)
PATTERN = re.compile("|".join(f"(?P<{kind}_{index}>{path})" for index, (kind, path) in enumerate(PLACES)))
# What Debian itself put there is in dpkg's list already, and has Debian's fixes under the old version number.
OF_DEBIAN = re.compile(r"usr/(lib/python3(\.\d+)?/dist-packages|share/rubygems-integration|lib/ruby/gems)/")
# Parts of a package that is known; libraries that it brings along (*.libs) are not.
OF_PACKAGE = re.compile(r".*/(site-packages|node_modules)/(?!.*\.libs/)")


class Found:
    """What one file system holds, gathered file by file with `look`, told at the end by `told`."""

    def __init__(self) -> None:
        self.release: dict[str, str] = {}
        self.packages: list[Package] = []
        self.licenses: dict[str, list[str]] = {}
        self.programs: dict[str, list[Package]] = {}
        self.owned: set[str] = set()
        self.unread: list[str] = []

    def look(self, path: str, mode: int, size: int, stream: BinaryIO) -> None:
        """Given a regular file (path without leading slash), read it if it tells of packages."""
        kind = kind_of(path)
        path = harmless(path)
        if kind and size > MAX_BYTES:
            self.unread.append(path)
        elif kind:
            self._take(kind, path, stream.read().decode("utf-8", "replace"))
        elif mode & 0o111 and size > go_program.SMALLEST:
            modules = go_program.modules_of(stream)
            if modules is not None:
                self.programs[path] = modules

    def told(self) -> dict[str, Any]:
        """Return {release, packages, opaque}: packages once each; opaque: programs whose parts nobody lists.

        A list too large to be read is as opaque: what stands in it is not told.
        """
        managed = any(package["type"] == "deb" for package in self.packages)
        kept = [each for each in self.packages if not (managed and OF_DEBIAN.match(each.get("path", "")))]
        foreign = {path: parts for path, parts in self.programs.items() if merged(path) not in self.owned}
        kept += [package for parts in foreign.values() for package in parts]
        for package in kept:
            licenses = self.licenses.get(package["name"], []) if package["type"] == "deb" else []
            if licenses:
                package["licenses"] = licenses
        once = {json.dumps({k: v for k, v in each.items() if k != "path"}, sort_keys=True) for each in kept}
        packages = sorted((json.loads(text) for text in once), key=lambda p: (p["type"], p["name"], p["version"]))
        names = ("ID", "VERSION_ID", "VERSION_CODENAME", "PRETTY_NAME")
        release = {name: self.release[name] for name in names if name in self.release}
        opaque = [f"/{path}" for path, parts in foreign.items() if not parts and not OF_PACKAGE.match(path)]
        opaque += [f"/{path}" for path in self.unread]
        return {"release": release, "packages": packages, "opaque": sorted(opaque)}

    def _take(self, kind: str, path: str, text: str) -> None:
        if kind == "release":
            self.release.update({name: harmless(value) for name, value in os_release(text).items()})
        elif kind == "copyright":
            self.licenses[path.split("/")[3]] = harmless(copyright_licenses(text))
        elif kind == "owned":
            self.owned |= {merged(line.lstrip("/")) for line in text.splitlines()}
        else:
            if kind == "apk":
                self.owned |= {merged(file) for file in apk_files(text)}
            read = [{**package, "path": path} for package in READERS[kind](path, text)]
            self.packages += [{key: harmless(value) for key, value in each.items()} for each in read if _named(each)]


def kind_of(path: str) -> str:
    """Return which kind of list a path is, "" for all other files."""
    match = PATTERN.fullmatch(path)
    return (match.lastgroup or "").partition("_")[0] if match else ""


def harmless(value: Any) -> Any:
    """Return a text, or a list of texts, that can be written as UTF-8 and does not steer a terminal."""
    if isinstance(value, list):
        return [harmless(each) for each in value]
    return STEERING.sub("?", value.encode("utf-8", "replace").decode()) if isinstance(value, str) else value


def _named(package: Package) -> bool:
    """Whoever makes an image writes its lists: an entry without a name that is one cannot be told."""
    name, version = package["name"], package["version"]
    return isinstance(name, str) and isinstance(version, str) and bool(name.rpartition("/")[2].strip())


def merged(path: str) -> str:
    """Return a path as it is where /bin and /lib are links into /usr, so that both ways of writing it are one."""
    return path.removeprefix("usr/")


def os_release(text: str) -> dict[str, str]:
    """Return the fields of an os-release file, without quotes."""
    pairs = (line.partition("=") for line in text.splitlines() if "=" in line and not line.startswith("#"))
    return {name.strip(): value.strip().strip("\"'") for name, _sign, value in pairs}


def dpkg(_path: str, text: str) -> list[Package]:
    """Return the installed packages of dpkg's status; a file of status.d has one, without a status."""
    found = []
    for block in re.split(r"\n\s*\n", text):
        fields: dict[str, str] = dict(re.findall(r"(?m)^([A-Za-z-]+): (.*)$", block))
        if "Package" not in fields or "Version" not in fields:
            continue
        if "Status" in fields and not fields["Status"].endswith((" installed", " half-configured", " unpacked")):
            continue
        source, _space, version = fields.get("Source", fields["Package"]).partition(" ")
        package = {"type": "deb", "name": fields["Package"], "version": fields["Version"], "source": source,
                   "source_version": version.strip("()") or fields["Version"]}  # fmt: skip
        found.append({**package, **({"arch": fields["Architecture"]} if "Architecture" in fields else {})})
    return found


def apk(_path: str, text: str) -> list[Package]:
    """Return the packages of Alpine's list; `source` is the package whose build made it."""
    found = []
    for block in text.split("\n\n"):
        fields = {line[0]: line[2:] for line in block.splitlines() if line[1:2] == ":"}
        if "P" in fields and "V" in fields:
            package = {"type": "apk", "name": fields["P"], "version": fields["V"]}
            package |= {"source": fields.get("o", fields["P"]), "source_version": fields["V"]}
            extra = {"arch": fields["A"]} if "A" in fields else {}
            found.append({**package, **extra, **_licensed([fields.get("L", "")])})
    return found


def apk_files(text: str) -> list[str]:
    """Return the files that Alpine's list says its packages own."""
    folder, files = "", []
    for line in text.splitlines():
        if line.startswith("F:"):
            folder = line[2:]
        elif line.startswith("R:"):
            files.append(f"{folder}/{line[2:]}")
    return files


def python(_path: str, text: str) -> list[Package]:
    """Return the package of a METADATA or PKG-INFO file."""
    fields = HeaderParser().parsestr(text.partition("\n\n")[0])
    if not fields["Name"] or not fields["Version"]:
        return []
    licence = str(fields["License-Expression"] or fields["License"] or "")
    classifiers = [
        str(line).rpartition(" :: ")[2] for line in fields.get_all("Classifier", []) if str(line).startswith("License")
    ]
    short = [licence] if licence and len(licence) < 80 and "\n" not in licence and licence != "UNKNOWN" else classifiers
    return [{"type": "pypi", "name": fields["Name"], "version": fields["Version"], **_licensed(short)}]


def npm(_path: str, text: str) -> list[Package]:
    """Return the package of a package.json under node_modules."""
    data = _json(text)
    if not isinstance(data, dict) or not isinstance(data.get("name"), str) or not isinstance(data.get("version"), str):
        return []
    licence = data.get("license")
    licence = licence.get("type", "") if isinstance(licence, dict) else licence
    return [{"type": "npm", "name": data["name"], "version": data["version"], **_licensed([licence])}]


def composer(_path: str, text: str) -> list[Package]:
    """Return the packages of Composer's installed.json (of version 1: a list; of version 2: under packages)."""
    data = _json(text)
    items = data.get("packages") if isinstance(data, dict) else data
    return [
        {"type": "composer", "name": item["name"], "version": str(item["version"]).removeprefix("v"),
         **_licensed(item["license"] if isinstance(item.get("license"), list) else [item.get("license")])}
        for item in (items if isinstance(items, list) else [])
        if isinstance(item, dict) and "name" in item and "version" in item
    ]  # fmt: skip


def gem(path: str, text: str) -> list[Package]:
    """Return the gem of a specification: its name and version are those of the file."""
    match = re.fullmatch(r"(.+)-(\d[^-]*)(-[\w-]+)?\.gemspec", path.rpartition("/")[2])
    if not match:
        return []
    licenses = re.search(r"\.licenses? = (\[[^\]]*\]|\"[^\"]*\")", text)
    named = re.findall(r"\"([^\"]+)\"", licenses[1]) if licenses else []
    return [{"type": "gem", "name": match[1], "version": match[2], **_licensed(named)}]


def copyright_licenses(text: str) -> list[str]:
    """Return the short names of a machine-readable debian/copyright, [] for one in free words."""
    if not text.startswith(("Format:", "\ufeffFormat:")):
        return []
    return sorted({name.strip() for name in re.findall(r"(?m)^License: *(\S.*)$", text)})


READERS = {"dpkg": dpkg, "apk": apk, "python": python, "npm": npm, "composer": composer, "gem": gem}


def _licensed(names: list[Any]) -> dict[str, list[str]]:
    kept = [name.strip() for name in names if isinstance(name, str) and name.strip()]
    return {"licenses": kept} if kept else {}


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
