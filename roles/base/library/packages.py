#!/usr/bin/python
"""Debian packages that must be there: exact in check mode on a bare system too (no python3-apt), quick when all are."""

import os
import time

from ansible.module_utils.basic import AnsibleModule

LISTS = "/var/lib/apt/lists"
DAY = 86400
ENVIRONMENT = {"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"}


def installed(module: AnsibleModule, names: list[str]) -> set[str]:
    """Return which of these packages are installed."""
    form = "${binary:Package} ${db:Status-Status}\\n"
    _code, output, _error = module.run_command(["dpkg-query", "--show", f"--showformat={form}", *names])
    rows = [line.split() for line in output.splitlines()]
    return {row[0].partition(":")[0] for row in rows if len(row) == 2 and row[1] == "installed"}


def refresh_lists(module: AnsibleModule, changed: bool) -> None:
    """Fetch the package lists when they are a day old, missing, or a source was just added."""
    newest = max((entry.stat().st_mtime for entry in os.scandir(LISTS)), default=0.0) if os.path.isdir(LISTS) else 0.0
    count = len([name for name in os.listdir(LISTS) if name.endswith(("Packages", ".lz4"))]) if newest else 0
    if changed or not count or time.time() - newest > DAY:
        apt(module, ["update"])


def apt(module: AnsibleModule, arguments: list[str]) -> None:
    """Run apt-get; when it fails, say which command and show its last lines."""
    command = ["apt-get", "-q", "-o", "DPkg::Lock::Timeout=300", *arguments]
    code, output, error = module.run_command(command, environ_update=ENVIRONMENT)
    if code:
        lines = (error or output).strip().splitlines()[-5:]
        module.fail_json(msg=f"apt-get {arguments[0]} failed: {' / '.join(lines)}", command=command)


def main() -> None:
    """Install what is missing."""
    specification = {
        "names": {"type": "list", "elements": "str", "required": True},
        "refresh": {"type": "bool", "default": False},
    }
    module = AnsibleModule(argument_spec=specification, supports_check_mode=True)
    names = module.params["names"]
    missing = sorted(set(names) - installed(module, names))
    if missing and not module.check_mode:
        refresh_lists(module, module.params["refresh"])
        apt(module, ["install", "--yes", "--no-install-recommends", *missing])
    module.exit_json(changed=bool(missing), missing=missing)


if __name__ == "__main__":
    main()
