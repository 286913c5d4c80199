"""What the image's programs run with: pretix's own settings. Upstream's image has a module of this name too."""

from pretix.settings import *  # noqa: F403
