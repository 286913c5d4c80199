"""A paper as PDF, by WeasyPrint. It needs system libraries; without them the HTML file prints just as well."""

from typing import Any, NoReturn

from provisioner.documents.page import page, print_scale
from provisioner.documents.paper import Paper
from provisioner.errors import ProvisionerError
from provisioner.i18n import _

STEPS = (112, 108, 104, 100, 96, 92, 88, 84, 80, 76, 72)
LIBRARIES = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core"


def pdf(paper: Paper, language: str) -> bytes:
    """Return a paper as PDF (tagged for screen readers); a tight one is one side of A4 whatever fonts there are.

    Raise ProvisionerError when WeasyPrint or one of its libraries is missing.
    """
    html = _weasyprint()
    for step in STEPS if paper.tight else (100,):
        scale = print_scale(paper, language) * step // 100
        document = html(string=page(paper, language, scale), url_fetcher=_refuse).render(pdf_variant="pdf/ua-1")
        if not paper.tight or len(document.pages) == 1:
            break
    written: bytes = document.write_pdf(pdf_variant="pdf/ua-1")
    return written


def pdf_of(text: str) -> bytes:
    """Return a page as PDF, tagged for screen readers. Raise as `pdf` does."""
    written: bytes = _weasyprint()(string=text, url_fetcher=_refuse).write_pdf(pdf_variant="pdf/ua-1")
    return written


def _refuse(url: str, *_rest: Any, **_named: Any) -> NoReturn:
    raise ValueError(f"a paper fetches nothing, not even {url}")


def _weasyprint() -> Any:
    try:
        from weasyprint import HTML
    except (ImportError, OSError) as error:
        message = _("PDF files need WeasyPrint and its libraries, which are not here.")
        hint = _("On Debian: {command}\nOr print the HTML file from a browser: it is made for one side of A4.")
        install = f"sudo apt-get install {LIBRARIES}"
        raise ProvisionerError(message, hint.format(command=install)) from error
    return HTML
