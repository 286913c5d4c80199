#!/usr/bin/python
"""A thin adapter around the host program: ship it, hand it a request, give back its answer. Decides nothing itself."""

import base64
import hashlib
import json
import os
import sys
import tempfile
import zlib

from ansible.module_utils.basic import AnsibleModule

INSTALLED = "/usr/local/lib/provisioner/host.pyz"


def place_program(module: AnsibleModule) -> tuple[str, bool]:
    """Return the program to run and whether the installed one differs; in check mode the new one stays temporary."""
    content = base64.b64decode(module.params["program"] or "")
    if not content:
        return INSTALLED, False
    if os.path.isfile(INSTALLED):
        with open(INSTALLED, "rb") as stream:
            if hashlib.sha256(stream.read()).digest() == hashlib.sha256(content).digest():
                return INSTALLED, False
    target = os.path.join(module.tmpdir, "host.pyz") if module.check_mode else INSTALLED
    os.makedirs(os.path.dirname(target), exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=os.path.dirname(target))
    with os.fdopen(handle, "wb") as stream:
        stream.write(content)
    os.chmod(temporary, 0o644)
    os.replace(temporary, target)
    return target, True


def main() -> None:
    """Run one command of the host program: `start` (in check mode `plan`) or `wait`."""
    os.umask(0o022)
    specification = {
        "command": {"type": "str", "choices": ["start", "wait"], "required": True},
        "request": {"type": "str", "no_log": True, "default": ""},
        "program": {"type": "str", "no_log": True, "default": ""},
        "run": {"type": "str", "default": ""},
        "process": {"type": "int", "default": 0},
    }
    module = AnsibleModule(argument_spec=specification, supports_check_mode=True)
    program, shipped = place_program(module)
    if module.params["command"] == "wait":
        command, data = "wait", json.dumps({"run": module.params["run"], "pid": module.params["process"]}).encode()
    else:
        command = "plan" if module.check_mode else "start"
        data = zlib.decompress(base64.b64decode(module.params["request"]))
    code, output, error = module.run_command([sys.executable, program, command], data=data, binary_data=True)
    if code:
        module.fail_json(msg=f"the host program failed: {(error or output).strip()[-800:]}")
    answer = json.loads(output)
    acting = [change for change in answer.get("changes", []) if change["action"] not in ("none", "orphan", "held")]
    failed = bool(answer.get("refused"))
    module.exit_json(
        changed=bool(acting) or shipped, failed=failed, shipped=shipped, process=answer.pop("pid", 0), **answer
    )


if __name__ == "__main__":
    main()
