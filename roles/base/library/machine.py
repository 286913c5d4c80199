#!/usr/bin/python
"""Files, Debian packages and a service of a host, in one step: exact in check mode also on a bare system.

Why not ansible.builtin.apt, copy and service: they cannot predict on a host without python3-apt or /etc/docker, and an
unchanged host costs four round trips instead of one.
"""

import os
import time

from ansible.module_utils.basic import AnsibleModule

LISTS = "/var/lib/apt/lists"
PENDING = "/var/lib/provisioner/restart"
DAY = 86400
ENVIRONMENT = {"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"}


def installed(module: AnsibleModule, names: list[str]) -> set[str]:
    """Return which of these packages are installed."""
    form = "${binary:Package} ${db:Status-Status}\\n"
    _code, output, _error = module.run_command(["dpkg-query", "--show", f"--showformat={form}", *names])
    rows = [line.split() for line in output.splitlines()]
    return {row[0].partition(":")[0] for row in rows if len(row) == 2 and row[1] == "installed"}


def differing(files: dict[str, str]) -> list[str]:
    """Return the paths whose content is not as wished."""
    return sorted(path for path, content in files.items() if read(path) != content)


def read(path: str) -> str | None:
    """Return the content of a file, or None where there is none."""
    try:
        with open(path, encoding="utf-8") as stream:
            return stream.read()
    except FileNotFoundError:
        return None


def write(module: AnsibleModule, path: str, content: str) -> None:
    """Replace a file atomically; it belongs to root and all may read it."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    temporary = os.path.join(module.tmpdir, os.path.basename(path))
    with open(temporary, "w", encoding="utf-8") as stream:
        stream.write(content)
    os.chmod(temporary, 0o644)
    module.atomic_move(temporary, path)


def refresh_lists(module: AnsibleModule, sources_changed: bool) -> None:
    """Fetch the package lists when they are a day old, missing, or a source was just added."""
    names = os.listdir(LISTS) if os.path.isdir(LISTS) else []
    lists = [os.path.join(LISTS, name) for name in names if "_Packages" in name]
    newest = max((os.path.getmtime(path) for path in lists), default=0.0)
    if sources_changed or abs(time.time() - newest) > DAY:
        apt(module, ["update"])


def apt(module: AnsibleModule, arguments: list[str]) -> None:
    """Run apt-get; when it fails, say which command and show its last lines."""
    command = ["apt-get", "-q", "-o", "DPkg::Lock::Timeout=300", *arguments]
    code, output, error = module.run_command(command, environ_update=ENVIRONMENT)
    if code:
        lines = (error or output).strip().splitlines()[-5:]
        module.fail_json(msg=f"apt-get {arguments[0]} failed: {' / '.join(lines)}", command=command)


def runs(module: AnsibleModule, service: str, at_boot: list[str]) -> bool:
    """Return whether a service is active, it and those at boot are enabled, and no restart of it was cut off."""
    asked = [["is-active", service], *(["is-enabled", unit] for unit in (service, *at_boot))]
    well = all(module.run_command(["systemctl", "--quiet", *words])[0] == 0 for words in asked)
    return well and not os.path.exists(f"{PENDING}.{service}")


def restart(module: AnsibleModule, service: str, at_boot: list[str], verb: str) -> None:
    """Enable a service and start or restart it, and enable those at boot; from now on no restart is pending."""
    for arguments in (["daemon-reload"], ["enable", service, *at_boot], [verb, service]):
        module.run_command(["systemctl", "--quiet", *arguments], check_rc=True)
    if os.path.exists(f"{PENDING}.{service}"):
        os.unlink(f"{PENDING}.{service}")


def main() -> None:
    """Write what differs, install what is missing, then see to the service: restarted when its files changed."""
    os.umask(0o022)
    specification = {
        "packages": {"type": "list", "elements": "str", "default": []},
        "files": {"type": "dict", "default": {}},
        "service": {"type": "str", "default": ""},
        "at_boot": {"type": "list", "elements": "str", "default": []},
    }
    module = AnsibleModule(argument_spec=specification, supports_check_mode=True)
    files, packages, service, at_boot = (module.params[name] for name in ("files", "packages", "service", "at_boot"))
    changed_files, missing = differing(files), sorted(set(packages) - installed(module, packages))
    stopped = bool(service) and not missing and not runs(module, service, at_boot)
    before = {path: read(path) or "" for path in changed_files}
    if not module.check_mode:
        if service and changed_files:
            write(
                module, f"{PENDING}.{service}", "a run that is cut off here leaves this file: the next one restarts\n"
            )
        for path in changed_files:
            write(module, path, files[path])
        if missing:
            refresh_lists(module, any(path.startswith("/etc/apt/") for path in changed_files))
            apt(module, ["install", "--yes", "--no-install-recommends", *missing])
        if service and (changed_files or missing or stopped):
            restart(module, service, at_boot, "restart" if changed_files or stopped else "start")
    module.exit_json(
        changed=bool(changed_files or missing or stopped),
        parts=[*changed_files, *missing, *([service] if stopped else [])],
        diff=[{"before_header": p, "after_header": p, "before": before[p], "after": files[p]} for p in changed_files],
    )


if __name__ == "__main__":
    main()
