"""How the papers are called: commands and files."""

from provisioner.models.base import Text

CSV_PAPERS = ("channels", "forecast")
DATA_PAPERS = ("roadmap", "training", "channels", "forecast")
FILES = {
    "board": Text(fr="page-du-bureau", en="board-page"),
    "roadmap": Text(fr="feuille-de-route", en="road-map"),
    "training": Text(fr="plan-de-formation", en="training-plan"),
    "channels": Text(fr="registre-sans-ecran", en="register-without-a-screen"),
    "forecast": Text(fr="previsions", en="forecast"),
    "charter": Text(fr="charte", en="charter"),
    "annex": Text(fr="annexe", en="annex"),
}


def file_name(name: str, language: str, ending: str) -> str:
    """Return the name of a paper's file: page-du-bureau.html, board-page.pdf, forecast.csv."""
    return f"{FILES[name].in_language(language)}.{ending}"
