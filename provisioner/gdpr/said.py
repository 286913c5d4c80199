"""What people note in the registers of data protection, as it may be kept: nothing in it that nobody sees. Pure."""

from provisioner.errors import InputError
from provisioner.i18n import _
from provisioner.sentences import STEERING, UNSEEN

LONGEST = 4000


def said(text: str) -> str:
    """Return a text without letters that nobody sees. Raise InputError for one too long, or that steers a terminal."""
    found = UNSEEN.sub("", text).strip()
    if STEERING.search(found.replace("\n", " ").replace("\t", " ")):
        raise InputError(_("a text with control characters, or with ones that turn the writing round: leave them out"))
    if len(found) > LONGEST:
        reason = _("a text of {count} characters: at most {most} are kept")
        raise InputError(reason.format(count=len(found), most=LONGEST))
    return found
