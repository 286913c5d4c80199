"""All papers by name: what makes them, and their data for scripts."""

from collections.abc import Callable

from provisioner.documents.annex import annex_paper
from provisioner.documents.board import board_paper
from provisioner.documents.channels import Channels, channels, channels_csv, channels_paper
from provisioner.documents.charter import charter_paper
from provisioner.documents.forecast import Forecast, forecast, forecast_csv, forecast_paper
from provisioner.documents.paper import Paper
from provisioner.documents.roadmap import Roadmap, roadmap, roadmap_paper
from provisioner.documents.training import Training, training, training_paper
from provisioner.models.proposal import Proposal

PAPERS: dict[str, Callable[[Proposal], Paper]] = {
    "board": board_paper,
    "roadmap": roadmap_paper,
    "training": training_paper,
    "channels": channels_paper,
    "forecast": forecast_paper,
    "charter": charter_paper,
    "annex": annex_paper,
}
DATA: dict[str, Callable[[Proposal], Roadmap | Training | Channels | Forecast]] = {
    "roadmap": roadmap,
    "training": training,
    "channels": channels,
    "forecast": forecast,
}
CSV: dict[str, Callable[[Proposal, str], str]] = {"forecast": forecast_csv, "channels": channels_csv}
