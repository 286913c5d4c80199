"""What we tell the user. Any other exception is a bug and should look like one."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One thing wrong (or doubtful) in a file a person wrote: where it stands and what would be right.

    `path` is the place as people read it (needs[3].note), `pointer` the same as a JSON pointer (/needs/3/note).
    """

    message: str
    file: str = ""
    line: int = 0
    path: str = ""
    code: str = ""
    severity: str = "error"
    pointer: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        parts = [part for part in (place, self.path) if part]
        return ": ".join([*parts, self.message])


class ProvisionerError(Exception):
    """Something the user can act on: what happened (with names), and the next step as a hint.

    `exit_code` is 1 when an operation failed, 2 when the input was wrong and nothing was changed.
    """

    exit_code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class InputError(ProvisionerError):
    """Bad input: every finding at once, sorted by file and line. Nothing was changed."""

    exit_code = 2

    def __init__(self, message: str, findings: list[Finding] | None = None, hint: str = "") -> None:
        super().__init__(message, hint)
        self.findings = sorted(findings or [], key=lambda f: (f.file, f.line, f.path))


def raise_all(errors: list[InputError], message: str) -> None:
    """Raise the only error, or one under this message with what all of them say; nothing where there is none."""
    if len(errors) == 1:
        raise errors[0]
    if errors:
        findings = [finding for error in errors for finding in error.findings or [Finding(error.message)]]
        raise InputError(message, findings, next((error.hint for error in errors if error.hint), ""))
