"""What a failed sign-in looks like in an application's own log, where the proxy cannot see it."""

import re

from pydantic import Field, model_validator

from provisioner.i18n import _
from provisioner.models.base import Model, Slug

ADDRESS, ANYTHING = "{address}", "{any}"
MOST_ANYTHING = 2  # so that a line made for it cannot keep the host busy
FEWEST_FIXED = 10  # characters that no visitor writes, before what one may write


class SignInLog(Model):
    """One kind of line that tells of a failed sign-in. Who fails often is shut out for a while, as at the proxy.

    It is matched whole, from beginning to end, so what a visitor may write can stand on one side of the address only:
    then nobody can make it a line against somebody else. Choose one of an application that writes no line breaks of
    visitors, and that knows their address from the proxy alone. Leave out what `route.sign_in` counts already.
    """

    container: Slug = Field(description="The container that logs it, on standard output or standard error.")
    failed: str = Field(
        max_length=300,
        description="The line. {address} stands for the visitor's address, {word} for a text without blanks, {any} for "
        "any text, a blank for one or more.",
        examples=["[{word}] auth: failed sign-in from {address} as {any}"],
    )
    tried: str = Field(default="", description="The version it was tried on for real; empty: from documents alone.")

    @model_validator(mode="after")
    def _nobody_can_be_accused(self) -> "SignInLog":
        before, found, after = self.failed.partition(ADDRESS)
        if not found or ADDRESS in after:
            raise ValueError(_("the line names {address} exactly once").format(address=ADDRESS))
        rest = re.sub(r"\{(address|word|any)\}", "", self.failed)
        if "{" in rest.replace('{"', "") or not self.failed.isprintable():
            raise ValueError(_("the line has no placeholders but {known}").format(known="{address}, {word}, {any}"))
        if (ANYTHING in before and ANYTHING in after) or self.failed.count(ANYTHING) > MOST_ANYTHING:
            text = _("{any} stands on one side of {address} only, and twice at most")
            raise ValueError(text.format(any=ANYTHING, address=ADDRESS))
        if re.search(r"[0-9A-Za-z:.}]$", before) or re.match(r"[0-9A-Za-z:.{]", after):
            raise ValueError(_("{address} begins and ends at a blank or a mark").format(address=ADDRESS))
        fixed = re.sub(r"\{word\}", "", self.failed.partition(ANYTHING)[0].partition(ADDRESS)[0])
        if len(re.sub(r"\W", "", fixed)) < FEWEST_FIXED:
            text = _("the line begins with at least {count} letters that are always the same")
            raise ValueError(text.format(count=FEWEST_FIXED))
        return self
