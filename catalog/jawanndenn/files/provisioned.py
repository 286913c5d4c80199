"""jawanndenn's own settings, with the secrets from their files: none is among the variables a process starts with."""

import os
from pathlib import Path

for _variable, _file in (("JAWANNDENN_POSTGRES_PASSWORD", "db_password"), ("JAWANNDENN_SECRET_KEY", "secret_key")):
    os.environ[_variable] = Path("/run/secrets", _file).read_text("utf-8").strip()

from jawanndenn.settings import *  # noqa: E402, F403  (it reads the variables)
