"""The shape of the code: modules import downward only, one place starts processes, files and functions stay small."""

import ast
import sys
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "provisioner"
# From top to bottom. A name ending in "*" stands for all modules that begin so; a package for all of its modules.
LAYERS = (
    ("cli", "__main__", "demo"),
    ("report", "audit*", "sbom*", "trust", "gdpr"),
    ("ladder",),
    ("lab*",),
    ("drills", "prune_here", "recover", "ageing"),
    ("purge", "saving", "rotation*"),
    ("apply", "remote", "outside", "lock", "playbook", "follow*"),
    ("recipients*",),
    ("secrets",),
    ("secrets_backup", "bundle*", "stackfile"),
    ("protection_refusals",),
    ("protection",),
    ("compose_valid",),
    ("ssh", "names", "registry", "images*", "engine", "runner"),
    ("commands",),
    ("documents",),
    ("render",),
    ("harden", "firewall", "access", "wishes"),
    ("portal", "notice_pages", "backups", "sites", "limits", "outgoing", "durations"),
    ("matching", "profiles", "aliases", "updates", "notices*", "screening", "gdprfile"),
    ("catalog_check*", "hardening", "schema"),
    ("adequacy",),
    ("catalog", "vocabulary", "sentences"),
    ("load*", "retention", "unwritten"),
    ("explain*",),
    ("models",),
    ("errors", "i18n", "paths", "host", "ssh_keys"),
)
PURE = (
    "render", "matching", "documents", "profiles", "aliases", "catalog_check", "hardening", "catalog", "load",
    "explain", "models", "commands", "stackfile", "schema", "report", "host.converge", "host.fill", "updates",
    "sites", "limits", "host.egress_text", "firewall", "access", "outgoing", "ladder.running", "ladder.covered",
    "host.clock", "notice", "screening", "gdprfile", "host.ageing", "retention", "durations", "host.due", "host.health",
    "host.sentences", "wishes", "protection_refusals", "gdpr.cases", "gdpr.check", "gdpr.deadlines",
    "gdpr.dossier", "gdpr.erasure", "gdpr.facts", "gdpr.rows",
    "gdpr.told", "gdpr.transparency",
)  # fmt: skip
STARTERS = {"runner", "host.docker", "host.__main__"}
TOUCHING = {"subprocess", "socket", "http", "ssl", "urllib", "requests", "paramiko", "docker", "ansible_runner"}
STARTING_CALLS = ("exec", "spawn", "system", "popen", "fork", "posix_spawn")
MAX_FILE, MAX_FUNCTION = 300, 40


@cache
def modules() -> dict[str, ast.Module]:
    """Return every module of the package: dotted name without "provisioner." -> its syntax tree."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)
        found["" if name == "__init__" else name] = ast.parse(path.read_text("utf-8"))
    return found


def imports(name: str) -> set[str]:
    """Return the full names of the modules that a module imports, at any depth of its code."""
    tree, found = modules()[name], set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                package = name if name in packages() else name.rpartition(".")[0]
                base = ".".join(part for part in ("provisioner", package, base) if part)
            inner = {f"{base}.{alias.name}" for alias in node.names}
            ours = {item for item in inner if item.removeprefix("provisioner.") in modules()}
            found |= ours or {base}
    return found


def ours(name: str) -> set[str]:
    """Return those of our own modules that a module imports, without "provisioner."."""
    found = {other.removeprefix("provisioner.") for other in imports(name) if other.startswith("provisioner.")}
    return found & set(OURS)


def packages() -> set[str]:
    """Return the names of modules that are packages."""
    return {name.rpartition(".")[0] for name in modules()} | {
        "cli",
        "models",
        "commands",
        "host",
        "matching",
        "profiles",
        "documents",
    }


def layer(name: str) -> int:
    """Return the number of the layer of one of our modules, 0 at the top."""
    head = name.partition(".")[0]
    for number, names in enumerate(LAYERS):
        if any(head == each or (each.endswith("*") and head.startswith(each[:-1])) for each in names):
            return number
    raise AssertionError(f"provisioner/{name}.py has no layer: add it to LAYERS in {__file__}")


OURS = [name for name in modules() if name]


@pytest.mark.parametrize("name", OURS)
def test_module_imports_downward_only(name: str) -> None:
    upward = sorted(other for other in ours(name) if layer(other) < layer(name))
    assert not upward, f"provisioner.{name} imports what lies above it: {upward}"


def test_modules_have_no_import_cycle() -> None:
    done: set[str] = set()

    def visit(name: str, trail: tuple[str, ...]) -> None:
        assert name not in trail, f"cycle: {' -> '.join([*trail, name])}"
        if name in done:
            return
        for other in ours(name) - {name.partition(".")[0]}:
            visit(other, (*trail, name))
        done.add(name)

    for name in OURS:
        visit(name, ())


@pytest.mark.parametrize("name", [name for name in OURS if name.startswith("host")])
def test_host_imports_only_the_standard_library_and_itself(name: str) -> None:
    strange = {other for other in imports(name) if other.partition(".")[0] not in sys.stdlib_module_names}
    strange = {other for other in strange if not other.startswith("provisioner.host")}
    assert not strange, f"provisioner.{name} goes to hosts that have only Python: {strange}"


@pytest.mark.parametrize("path", sorted((PACKAGE / "host").glob("*.py")), ids=lambda path: path.name)
def test_host_imports_itself_relatively(path: Path) -> None:
    nodes = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.ImportFrom)]
    named = [node.module for node in nodes if not node.level and (node.module or "").startswith("provisioner")]
    assert not named, f"on the host there is no package called provisioner: {named}"


@pytest.mark.parametrize("name", OURS)
def test_only_the_runner_starts_processes(name: str) -> None:
    if name in STARTERS:
        return
    calls = [node.func for node in ast.walk(modules()[name]) if isinstance(node, ast.Call)]
    found = {"subprocess", "pty", "multiprocessing"} & imports(name) | {
        f"os.{call.attr}"
        for call in calls
        if isinstance(call, ast.Attribute) and isinstance(call.value, ast.Name) and call.value.id == "os"
        and call.attr.startswith(STARTING_CALLS)
    }  # fmt: skip
    assert not found, f"provisioner.{name} starts processes ({found}): build a list, let provisioner.runner run it"


@pytest.mark.parametrize("name", [name for name in OURS if name.startswith(PURE)])
def test_pure_module_touches_nothing_outside(name: str) -> None:
    touched = {other.partition(".")[0] for other in imports(name)} & TOUCHING
    assert not touched, f"provisioner.{name} must stay pure, but imports {touched}"


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_files_and_functions_stay_small(path: Path) -> None:
    text = path.read_text("utf-8")
    assert len(text.splitlines()) <= MAX_FILE, f"{path.name} has more than {MAX_FILE} lines: cut it in two"
    functions = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    long = {node.name: length for node in functions if (length := node.end_lineno - node.lineno + 1) > MAX_FUNCTION}
    assert not long, f"{path.name}: functions of more than {MAX_FUNCTION} lines: {long}"
