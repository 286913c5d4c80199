"""provisioner profile check: everything that is wrong or doubtful in needs profiles, in one run."""

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from provisioner.cli import print_json
from provisioner.i18n import _, ngettext

if TYPE_CHECKING:
    from provisioner.errors import Finding

SHOWN = 200


@click.command(name="check", short_help="Tell everything that is wrong or doubtful in a profile.")
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path))
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True,
    help="Text for people, JSON for scripts.",
)  # fmt: skip
@click.option("--strict", is_flag=True, help="Exit with 1 where there are warnings only.")
def command(files: tuple[Path, ...], form: str, strict: bool) -> None:
    """Check needs profiles: all errors and warnings of each file at once, with their lines and what would be right.

    The exit code is 0 when all is well, 1 for warnings with --strict, 2 for errors.

    With --format json: file, valid, errors, warnings (numbers), and findings, a list of severity, code, line (0: not
    known), pointer (JSON pointer, "" for the whole file) and message. Several files give a list of these.

    \b
    Example:
      provisioner profile check profile.yaml
    """
    from provisioner.profiles.rules import check_file

    found = {path: check_file(path).findings for path in dict.fromkeys(files)}
    names = _names(list(found))
    if form == "json":
        reports = [_as_data(names[path], findings) for path, findings in found.items()]
        print_json(reports[0] if len(reports) == 1 else reports)
    else:
        for path, findings in found.items():
            _tell(names[path], path, findings)
    severities = {finding.severity for findings in found.values() for finding in findings}
    sys.exit(2 if "error" in severities else 1 if strict and severities else 0)


def _names(paths: list[Path]) -> dict[Path, str]:
    """Return a file's name for the report, its path where two files have the same name."""
    times = Counter(path.name for path in paths)
    return {path: path.name if path.name and times[path.name] == 1 else str(path) for path in paths}


def _as_data(name: str, findings: list["Finding"]) -> dict[str, Any]:
    errors, warnings = _counts(findings)
    rows = [
        {
            "severity": each.severity,
            "code": each.code,
            "line": each.line,
            "pointer": each.pointer,
            "message": each.message,
        }
        for each in findings
    ]
    return {"file": name, "valid": not errors, "errors": errors, "warnings": warnings, "findings": rows}


def _counts(findings: list["Finding"]) -> tuple[int, int]:
    errors = sum(finding.severity == "error" for finding in findings)
    return errors, len(findings) - errors


def _tell(name: str, path: Path, findings: list["Finding"]) -> None:
    from provisioner.explain import shown

    errors, warnings = _counts(findings)
    if findings:
        counts = [
            ngettext("{count} error", "{count} errors", errors).format(count=errors),
            ngettext("{count} warning", "{count} warnings", warnings).format(count=warnings),
        ]
        click.echo(
            _("{file}: {errors}, {warnings}").format(file=shown(name, 200), errors=counts[0], warnings=counts[1])
        )
    else:
        click.echo(_("{file}: nothing to report").format(file=shown(name, 200)))
    for line in _lines(findings[:SHOWN]):
        click.echo(line)
    if len(findings) > SHOWN:
        rest = len(findings) - SHOWN
        click.echo("  " + _("and {count} more").format(count=rest))
    if not errors:
        click.echo(_("Next: provisioner match {file}").format(file=path))


def _lines(findings: list["Finding"]) -> list[str]:
    """Return one line per finding in columns: severity, code, line, pointer, sentence."""
    names = {"error": _("error"), "warning": _("warning")}
    wide = max(map(len, names.values()))
    word = _("line")
    far = max([3, *(len(str(each.line)) for each in findings)])
    return [
        f"  {names[each.severity]:<{wide}} {each.code} {word} {each.line or '-':<{far}} "
        + (f"{each.pointer}: " if each.pointer else "")
        + each.message
        for each in findings
    ]
