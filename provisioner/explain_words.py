"""The words of findings: a value fit to be shown, forms instead of regular expressions, units, YAML's problems."""

from typing import Any

from provisioner.i18n import N_, _

LONGEST = 60
FORMS = {
    r"^[a-z0-9][a-z0-9-]{1,62}$": N_("lower-case letters, digits and hyphens"),
    r"^[a-z0-9](?:[a-z0-9-]{0,40}[a-z0-9])?$": N_("lower-case letters, digits and hyphens"),
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$": N_("YYYY-MM-DD"),
    r"^20[0-9]{2}-[01][0-9]-[0-3][0-9]$": N_("YYYY-MM-DD"),
    r"^[A-Z]{2}$": N_("two capital letters, such as FR"),
    r"^[a-z0-9_]{2,40}$": N_("2 to 40 lower-case letters, digits and underscores"),
    r"^[a-z][a-z0-9_]{2,40}$": N_("lower-case letters, digits and underscores"),
    r"^[a-z][a-z0-9_]*$": N_("lower-case letters, digits and underscores"),
    r"^[A-Z][A-Z0-9_]*$": N_("capital letters, digits and underscores"),
    r"^[a-z]{2,3}(-[A-Z]{2})?$": N_("a language such as fr or fr-BE"),
    r"^[a-z]{2,3}$": N_("a language such as fr"),
    r"^[a-z0-9_.-]{1,60}$": N_("lower-case letters, digits, dots, hyphens and underscores"),
    r"^(/[^/]+)+$": N_("a place in this file such as /people/members/count"),
    r"^[1-9][0-9]*[KMG]$": N_("a size such as 512M or 2G"),
    r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{1,62}$": N_("a domain name such as asso.example"),
    r"^[^@\s\"'{}]+@[^@\s\"'{}]+$": N_("an e-mail address such as contact@asso.example"),
    r"^[^@\s\"'{}\\]+@[^@\s\"'{}\\]+$": N_("an e-mail address such as contact@asso.example"),
    r"^https://": N_("an address that begins with https://"),
    r"^[A-Za-z0-9.:-]+$": N_("an IP address or a name"),
    r"^[0-9]+\.[0-9]+$": N_("a version such as 1.0"),
    r"^\S+@sha256:[0-9a-f]{64}$": N_("an image with its digest: name@sha256:..."),
    r"^age1[0-9a-z]{58}$": N_("a public key of age, which begins with age1"),
    r"^[^\x00-\x1f\x7f]{0,200}$": N_("one line of at most 200 characters"),
    r"^[^\x00-\x1f\x7f]{0,300}$": N_("one line of at most 300 characters"),
    r"^[^\x00-\x1f\x7f]{1,300}$": N_("one line of 1 to 300 characters"),
    r"^[^\x00-\x08\x0b-\x1f\x7f]{1,4000}$": N_("a text of 1 to 4000 characters"),
    r"^[a-z][a-z0-9_]{1,40}$": N_("lower-case letters, digits and underscores"),
    r"^[1-9][0-9]{0,3} (days?|months?|years?)$": N_("a duration such as 30 days, 12 months or 3 years"),
}
KINDS = {
    "string": N_("text"),
    "int": N_("a whole number"),
    "float": N_("a number"),
    "bool": N_("boolean"),
    "list": N_("a list"),
    "tuple": N_("a list"),
    "dict": N_("a mapping (key: value)"),
    "model": N_("a mapping (key: value)"),
    "date": N_("a day that exists, as YYYY-MM-DD"),
    "date_from_datetime": N_("a day that exists, as YYYY-MM-DD"),
    "datetime": N_("a time such as 2026-11-23T08:30:00Z"),
    "datetime_from_date": N_("a time such as 2026-11-23T08:30:00Z"),
    "model_attributes": N_("a mapping (key: value)"),
}
UNITS = {
    "_hours_per_month": N_("unit is hours per month"),
    "_hours_per_week": N_("unit is hours per week"),
    "_hours_per_person": N_("unit is hours per person"),
    "_hours": N_("unit is hours"),
    "_mbps": N_("unit is Mbit/s"),
    "_percent": N_("unit is percent"),
    "monthly_eur": N_("unit is euros per month"),
    "_eur": N_("unit is euros"),
    "_mb": N_("unit is MB"),
    "_gb": N_("unit is GB"),
}
READING = (
    N_("No such file or directory"), N_("Is a directory"), N_("Not a directory"), N_("Permission denied"),
    N_("No space left on device"), N_("Read-only file system"), N_("File exists"), N_("File name too long"),
    N_("Disk quota exceeded"), N_("Input/output error"), N_("Connection refused"), N_("No route to host"),
    N_("Network is unreachable"), N_("Connection timed out"), N_("timed out"), N_("Connection reset by peer"),
    N_("Error reading SSH protocol banner"),
)  # fmt: skip
PROBLEMS = {
    "found character that cannot start any token": N_(
        "a tab, or a sign such as @, ` or % at the beginning of a value; indent with blanks, put the value in quotes"
    ),
    "found a tab character that violates indentation": N_("a tab where blanks must stand: indent with blanks"),
    "mapping values are not allowed in this context": N_(
        "a colon where none may stand; put the text in quotes, or check how far the line is indented"
    ),
    "did not find expected key": N_("this line is indented further or less than its neighbours, or a quote is missing"),
    "did not find expected '-' indicator": N_("this line is indented unlike the other entries of the list"),
    "did not find expected ',' or ']'": N_("a comma or the closing ']' of a list is missing"),
    "did not find expected ',' or '}'": N_("a comma or the closing '}' of a mapping is missing"),
    "did not find expected node content": N_("a value is missing, or a comma is too many"),
    "could not find expected ':'": N_("a colon after the key is missing"),
    "found unexpected end of stream": N_("the file ends in the middle of a value: a quote is not closed"),
    "found undefined alias": N_("a '*' at the beginning of a value means an alias; put the text in quotes"),
    "control characters are not allowed": N_("the file holds a control character that YAML does not allow"),
    "but found another document": N_("a second document begins here ('---'); one file holds one"),
    "block sequence entries are not allowed in this context": N_(
        "a '-' where none may stand: begin the list on a new line"
    ),
    "found unknown escape character": N_("a '\\' in double quotes begins an escape; use single quotes"),
}  # fmt: skip


def shown(value: Any, longest: int = LONGEST) -> str:
    """Return a value on one line without control characters, cut where it is long."""
    text = value if isinstance(value, str) else str(value)
    cut = text[: longest + 1]
    plain = "".join(sign if sign.isprintable() else " " for sign in cut)
    return plain if len(cut) <= longest else plain[: longest - 3] + "..."


def form(pattern: str) -> str:
    """Return what a regular expression of our models asks for in words; the expression itself where none are known."""
    return _(FORMS[pattern]) if pattern in FORMS else pattern


def kind_word(name: str) -> str:
    """Return the name of one of pydantic's types in words."""
    return _(KINDS[name]) if name in KINDS else name


def unit_hint(name: str, given: Any, low: bool) -> str:
    """Given a field's name and a value out of range, return the unit in words, or nothing where the name has none.

    A small number of megabytes was probably meant in gigabytes: the hint then says what that would be.
    """
    unit = next((_(text) for end, text in UNITS.items() if name.endswith(end)), "")
    if unit and low and name.endswith("_mb") and isinstance(given, int) and 0 < given < 256:
        return _("unit is MB: {given} GB is {right}").format(given=given, right=given * 1024)
    return unit


def read_problem(error: Exception) -> str:
    """Return why a file cannot be read, in the language in use for the usual reasons."""
    return _(str(getattr(error, "strerror", None) or error))


def yaml_problem(reason: str) -> str:
    """Return what a YAML reader says in words that help; its own where we have no better ones."""
    return _(PROBLEMS[reason]) if reason in PROBLEMS else shown(reason, 200)
