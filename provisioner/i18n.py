"""The language of what people read: English in the code, French in locale/fr (gettext, compiled by Babel)."""

import gettext
import os
from pathlib import Path

LANGUAGES = ("en", "fr")
_current: gettext.NullTranslations = gettext.NullTranslations()
_language = "en"


def choose_language(wanted: str | None = None) -> str:
    """Given a language or None (then the environment decides), use it for all messages and return it."""
    global _current, _language
    names = ("PROVISIONER_LANG", "LC_ALL", "LC_MESSAGES", "LANG")
    found = wanted or next((os.environ[name] for name in names if os.environ.get(name)), "en")
    _language = found[:2].lower() if found[:2].lower() in LANGUAGES else "en"
    folder = Path(__file__).parent / "locale"
    # Click asks the default domain for its own words ("Usage", "Options"); they are in our file too.
    gettext.bindtextdomain("messages", folder)
    os.environ["LANGUAGE"] = _language
    _current = gettext.translation("messages", folder, [_language], fallback=True)
    return _language


def language() -> str:
    """Return the language now in use: "en" or "fr"."""
    return _language


def _(text: str) -> str:
    """Return the text in the language in use; the English text itself where no translation is there."""
    return _current.gettext(text) if text else ""


def N_(text: str) -> str:
    """Mark a text for the translators without translating it yet."""
    return text


def ngettext(one: str, many: str, count: int) -> str:
    """Return the singular or plural form for `count` in the language in use."""
    return _current.ngettext(one, many, count)
