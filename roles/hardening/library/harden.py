#!/usr/bin/python
"""Bring a host to the hardening plan: observe, decide, act. In check mode only tell; the second time change nothing.

What this host cannot do (a kernel setting that is read-only, no audit system) is recorded, neither failed nor changed.
"""

import base64
import glob
import grp
import ipaddress
import json
import os
import pwd
import re
import stat

from ansible.module_utils.basic import AnsibleModule

STATE = "/var/lib/provisioner"
PENDING = f"{STATE}/hardening.pending"
RECORD = f"{STATE}/hardening.json"
SYSCTLS = "/etc/sysctl.d/60-provisioner.conf"
ENVIRONMENT = {"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"}


def read(path):
    """Return the text of a file, or None where there is none."""
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as stream:
            return stream.read()
    except (FileNotFoundError, NotADirectoryError):
        return None


class Host:
    """What is done to this host in one run: every change is told, and made unless we only look."""

    def __init__(self, module):
        self.module, self.act = module, not module.check_mode
        self.parts, self.diff, self.impossible = [], [], {}
        self.pending = json.loads(read(PENDING) or "[]")

    def run(self, *command, must=True):
        """Run a command; a failure ends the run when it must work. Return code and output; 127: not installed."""
        try:
            code, output, error = self.module.run_command(
                list(command), environ_update=ENVIRONMENT, handle_exceptions=False
            )
        except OSError as trouble:
            code, output, error = 127, "", str(trouble)
        if code and must:
            lines = " / ".join((error or output).strip().splitlines()[-5:])
            self.module.fail_json(msg=f"{' '.join(command)} failed: {lines}", parts=self.parts)
        return code, output

    def well(self, *command):
        """Return whether a command says yes."""
        return self.run(*command, must=False)[0] == 0

    def owe(self, *duties):
        """Note what must follow even when this run is killed: the next one does it."""
        new = [duty for duty in duties if duty and duty not in self.pending]
        if new and self.act:
            self.pending += new
            self.replace(PENDING, json.dumps(self.pending), 0o600)

    def changed(self, part):
        """Tell a change; return whether to make it."""
        self.parts.append(part)
        return self.act

    def replace(self, path, text, mode):
        """Replace a file atomically, as root's."""
        os.makedirs(os.path.dirname(path), exist_ok=True)
        temporary = f"{path}.provisioner-new"
        with open(temporary, "w", encoding="utf-8", errors="surrogateescape") as stream:
            os.fchmod(stream.fileno(), mode)
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(temporary, path)

    def file(self, path, text, mode=None, check=(), duties=()):
        """Make a file hold this text; its mode too where one is given, else it keeps its own."""
        before = read(path)
        now = stat.S_IMODE(os.stat(path).st_mode) if before is not None else None
        wanted = mode if mode is not None else now if now is not None else 0o644
        if before == text and now == wanted:
            return
        self.diff.append({"before_header": path, "after_header": path, "before": before or "", "after": text})
        self.owe(*duties)
        if not self.changed(path):
            return
        if check:
            trial = os.path.join(self.module.tmpdir, os.path.basename(path))
            self.replace(trial, text, 0o600)
            self.run(*check, trial)
        self.replace(path, text, wanted)


def packages(host, names):
    """Install what is missing."""
    form = "${binary:Package} ${db:Status-Status}\\n"
    _code, output = host.run("dpkg-query", "--show", f"--showformat={form}", *names, must=False)
    rows = [line.split() for line in output.splitlines()]
    there = {row[0].partition(":")[0] for row in rows if len(row) == 2 and row[1] == "installed"}
    missing = sorted(set(names) - there)
    if missing and host.changed(f"packages: {' '.join(missing)}"):
        apt = ("apt-get", "-q", "-o", "DPkg::Lock::Timeout=300")
        if not glob.glob("/var/lib/apt/lists/*_Packages*"):
            host.run(*apt, "update")
        install = (*apt, "-o", "Dpkg::Options::=--force-confdef", "-o", "Dpkg::Options::=--force-confold", "install",
                   "--yes", "--no-install-recommends", *missing)  # fmt: skip
        if host.run(*install, must=False)[0]:
            host.run(*apt, "update")
            host.run(*install)


def edited(text, edit):
    """Given the text of a file of the distribution and an edit, return the text as it shall be."""
    lines = text.splitlines()
    if edit["form"] == "lines":
        for item in edit["lines"]:
            lines = one_line(lines, re.compile(item["match"]), item["line"])
    elif edit["form"] == "pam":
        lines = [pam_line(line, edit["options"]) for line in lines]
    else:
        between = {"space": r"\s+", "equals": r"\s*=", "ini": r"\s*="}[edit["form"]]
        for key, value in edit["set"].items():
            joined = f"{key}\t{value}" if edit["form"] == "space" else f"{key}={value}"
            pattern = re.compile(rf"^#?\s*{re.escape(key)}{between}")
            lines = one_line(lines, pattern, joined, f"[{edit['section']}]" if edit["form"] == "ini" else "")
    return "\n".join(lines) + "\n"


def one_line(lines, pattern, wanted, section=""):
    """Put a line in the place of the first that matches (an active one before a comment); drop other active ones."""
    if section and section not in lines:
        lines = [*lines, section]
    hits = [number for number, line in enumerate(lines) if pattern.search(line)]
    active = [number for number in hits if not lines[number].lstrip().startswith("#")]
    place = (active or hits or [None])[0]
    if place is None:
        place = lines.index(section) + 1 if section else len(lines)
        return [*lines[:place], wanted, *lines[place:]]
    shown = [wanted if number == place else line for number, line in enumerate(lines)]
    return [line for number, line in enumerate(shown) if number == place or number not in active]


def pam_line(line, options):
    """Give a PAM module its options, take those after "-" away; pam-auth-update keeps what was changed this way."""
    words = line.split()
    for name, wanted in options.items():
        if name in words[2:] and not line.startswith("#"):
            keys = {option.lstrip("-").partition("=")[0] for option in wanted}
            there = words[words.index(name) + 1 :]
            more = [option for option in wanted if not option.startswith("-") and option not in there]
            drop = [word for word in there if word.partition("=")[0] in keys and word not in wanted]
            if more or drop:
                kept = [word for word in there if word not in drop]
                return line[: line.index(name) + len(name)] + " " + " ".join([*kept, *more])
    return line


def files(host, plan):
    """Write our files and edit those of the distribution."""
    for path, item in plan["files"].items():
        unit = path if path.startswith("/etc/systemd/system/") else ""
        duties = ("daemon-reload" if unit else "", item["kind"], item["restart"])
        host.file(path, item["content"], int(item["mode"], 8), item["check"], duties)


def edits(host, plan):
    """Edit files of the distribution. Those of packages that a plan only announces are not there yet."""
    for edit in plan["edits"]:
        before = read(edit["path"])
        if before is None and edit["form"] in ("lines", "pam"):
            continue
        host.file(edit["path"], edited(before or "", edit), duties=(edit["restart"],))


def names(host, plan):
    """Make the groups and the accounts that nobody can use, where name or number are free."""
    groups = {group.gr_gid for group in grp.getgrall()}
    users = {user.pw_uid for user in pwd.getpwall()}
    known = {group.gr_name for group in grp.getgrall()}
    for name in plan["groups"]:
        if name not in known and host.changed(f"group {name}"):
            host.run("groupadd", "--system", name)
    for number in plan["accounts"]:
        name = f"container-{number}"
        if number not in groups and name not in known and host.changed(f"group {name}"):
            host.run("groupadd", "--gid", str(number), name)
        if number not in users and host.changed(f"account {name}"):
            group = str(number) if number not in groups else "nogroup"
            no_use = ("--no-create-home", "--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin")
            about = ("--uid", str(number), "--gid", group, "--comment", "files of containers")
            host.run("useradd", "--system", *no_use, *about, name)


def modes(host, plan):
    """Take away what a mode allows too much, from paths that exist."""
    for pattern, item in plan["modes"].items():
        for path in sorted(glob.glob(pattern)):
            try:  # held open: who owns the folder must not put a link to another file in its place meanwhile
                handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            except OSError:  # a link, a socket, or gone
                continue
            try:
                mode(host, path, handle, item)
            finally:
                os.close(handle)


def mode(host, path, handle, item):
    """Take away what the mode of an open file or folder allows too much."""
    about = os.fstat(handle)
    if item["kind"] == "file" and not stat.S_ISREG(about.st_mode):
        return
    now = stat.S_IMODE(about.st_mode)
    group = grp.getgrnam(item["group"]).gr_gid if item["group"] else about.st_gid
    wanted = now & int(item["mode"], 8)
    if (now, about.st_gid) != (wanted, group) and host.changed(f"mode of {path}"):
        os.fchown(handle, -1, group)
        os.fchmod(handle, wanted)


def root_password(host, days):
    """Keep the letter of the rule on root's password; with no date of its last change it never expires (shadow(5))."""
    fields = next(
        (line.split(":") for line in (read("/etc/shadow") or "").splitlines() if line.startswith("root:")), []
    )
    if (
        days
        and len(fields) > 4
        and (fields[2], fields[4]) != ("", str(days))
        and host.changed("age of root's password")
    ):
        host.run("chage", "--lastday", "-1", "--maxdays", str(days), "root")


def observed(host, name):
    """Return whether what a measure asks of the network is so on this host."""
    if not name:
        return True
    if name == "no_ipv6_containers":
        return "true" not in enable_ipv6(host)
    addresses = json.loads(host.run("ip", "-j", "addr", must=False)[1] or "[]")
    inner = [item for link in addresses for item in link.get("addr_info", [])]
    if name == "no_slaac":
        routes = host.run("ip", "-6", "route", "show", "default", "proto", "ra", must=False)[1].strip()
        return not routes and not any(item.get("dynamic") for item in inner if item.get("family") == "inet6")
    routes = json.loads(host.run("ip", "-j", "-4", "route", "show", "default", must=False)[1] or "[]")
    mine = [ipaddress.ip_interface(f"{i['local']}/{i['prefixlen']}") for i in inner if i.get("family") == "inet"]
    gateways = [ipaddress.ip_address(route["gateway"]) for route in routes if "gateway" in route]
    return bool(gateways) and all(any(way in own.network for own in mine) for way in gateways)


def enable_ipv6(host):
    """Return "true" where a network of Docker has IPv6."""
    ids = host.run("docker", "network", "ls", "--quiet", must=False)[1].split()
    return host.run("docker", "network", "inspect", "--format", "{{.EnableIPv6}}", *ids, must=False)[1] if ids else ""


def sysctls(host, plan):
    """Write the kernel's settings to a file, and set them now where the kernel lets us."""
    wished = {}
    for group in plan["sysctls"]:
        if observed(host, group["when"]):
            wished.update(group["set"])
        else:
            host.impossible[group["measure"]] = f"left alone: {group['when']} does not hold here"
    lines = [f"{key} = {value}\n" for key, value in sorted(wished.items())]
    host.file(SYSCTLS, "# Written by provisioner, role hardening.\n" + "".join(lines), 0o644)
    for key, path, value in places(wished):
        now = read(path)
        if now is not None and now.split() == value.split():
            continue
        if now is None or not settable(path, now):
            host.impossible[key] = "the kernel does not let this host set it"
        elif host.changed(f"sysctl {key}"):
            with open(path, "w", encoding="utf-8") as stream:
                stream.write(value)


def places(wished):
    """Return (key, file, value) of each setting; a key with * is one for each card, but for "all" and "default"."""
    for key, value in sorted(wished.items()):
        path = "/proc/sys/" + key.replace(".", "/")
        if "*" not in key:
            yield key, path, value
            continue
        before, after = path.split("*")
        for found in sorted(glob.glob(path)):
            card = found[len(before) : -len(after)]
            if card not in ("all", "default"):
                yield key.replace("*", card), found, value


def settable(path, now):
    """Return whether the kernel lets us write a setting: its present value is written again."""
    try:
        with open(path, "w", encoding="utf-8") as stream:
            stream.write(now)
    except OSError:
        return False
    return True


def mounts(host, plan):
    """Take rights from file systems that everybody writes to: in fstab for good, and now where they are mounted."""
    table = (read("/etc/fstab") or "").splitlines()
    mounted = {line.split()[1]: line.split() for line in (read("/proc/mounts") or "").splitlines()}
    for path, options in plan["mounts"].items():
        at = next((n for n, line in enumerate(table) if not line.startswith("#") and line.split()[1:2] == [path]), None)
        if at is not None:
            words = table[at].split()
            words += ("auto", "defaults")[len(words) - 2 :]  # fstab(5): what is not there means this
            kept = [option for option in words[3].split(",") if option not in ("exec", "suid", "dev")]
            words[3] = ",".join([*kept, *(option for option in options if option not in kept)])
            table[at] = " ".join(words) if words != table[at].split() else table[at]
        elif path not in mounted or mounted[path][2] == "tmpfs":
            table.append(f"tmpfs {path} tmpfs rw,{','.join(options)},mode=1777 0 0")
        now = mounted[path][3].split(",") if path in mounted else options
        if path not in mounted:
            host.impossible[path] = "its mount begins with the next start of the host"
        if not set(options) <= set(now) and host.changed(f"mount {path}"):
            code, _output = host.run("mount", "-o", f"remount,{','.join(options)}", path, must=False)
            if code:
                host.parts.remove(f"mount {path}")
                host.impossible[path] = "it cannot be mounted again with fewer rights"
    host.file("/etc/fstab", "\n".join(table) + "\n")


def unit(host, name):
    """Enable a unit, and start it unless its own conditions forbid that here."""
    if not host.well("systemctl", "--quiet", "is-enabled", name) and host.changed(f"enable {name}"):
        host.run("systemctl", "daemon-reload")
        host.run("systemctl", "--quiet", "enable", name)
    if host.well("systemctl", "--quiet", "is-active", name):
        return
    tried = host.run("systemctl", "show", "-p", "ConditionResult", "-p", "ConditionTimestampMonotonic", name)[1]
    refused = "ConditionResult=no" in tried and "ConditionTimestampMonotonic=0" not in tried
    if not refused and host.changed(f"start {name}"):
        host.run("systemctl", "start", name)
        if not host.well("systemctl", "--quiet", "is-active", name):
            host.parts.remove(f"start {name}")
            refused = True
    if refused:
        host.impossible[name] = "its own conditions forbid it on this host"


def optional(host, name, ability):
    """Run a unit where the kernel can, and keep it off where not, so that the host does not look broken."""
    if not host.well("systemctl", "cat", name):
        return
    able = {"audit": lambda: host.well("auditctl", "-s"), "apparmor": apparmor}[ability]()
    if able:
        unit(host, name)
        return
    host.impossible[name] = f"this host's kernel gives it no {ability}"
    if host.well("systemctl", "--quiet", "is-enabled", name) and host.changed(f"disable {name}"):
        host.run("systemctl", "--quiet", "disable", "--now", name)
        host.run("systemctl", "reset-failed", name, must=False)


def apparmor():
    """Return whether AppArmor works on this host: its list of profiles can be reached."""
    return os.path.exists("/sys/kernel/security/apparmor/profiles")


def services(host, plan):
    """Do what is owed since files changed, then see to the units."""
    if "daemon-reload" in host.pending and host.act:
        host.run("systemctl", "daemon-reload")
    for name in plan["units"]:
        unit(host, name)
    for name, ability in plan["optional_units"].items():
        optional(host, name, ability)
    if host.act:
        if "audit" in host.pending and "auditd.service" not in host.impossible:
            host.run("augenrules", "--load", must=False)
        for name in host.pending:
            if name.endswith((".service", ".timer")):
                host.run("systemctl", "try-restart", name)


def pam(host):
    """Let pam-auth-update weave our profiles in. Where people changed its files by hand, it and we leave them alone."""
    if "pam" in host.pending and host.act:
        host.run("pam-auth-update", "--package")
    if host.act and "pam_faillock.so" not in (read("/etc/pam.d/common-auth") or ""):
        host.impossible["pam"] = "/etc/pam.d/common-* were changed by hand: pam-auth-update leaves them alone"


def main():
    """Do the plan."""
    os.umask(0o022)
    specification = {"request": {"type": "str", "required": True}}
    module = AnsibleModule(argument_spec=specification, supports_check_mode=True)
    plan = json.loads(base64.b64decode(module.params["request"]))
    if not plan:
        module.exit_json(changed=False, parts=[], impossible={})
    host = Host(module)
    packages(host, plan["packages"])
    names(host, plan)
    files(host, plan)
    pam(host)
    edits(host, plan)
    modes(host, plan)
    root_password(host, plan["root_password_age"])
    sysctls(host, plan)
    mounts(host, plan)
    services(host, plan)
    record = {"level": plan["level"], "measures": plan["measures"], "impossible": host.impossible}
    if host.act:
        text = json.dumps(record, indent=1, sort_keys=True) + "\n"
        if read(RECORD) != text:
            host.replace(RECORD, text, 0o644)
        if os.path.exists(PENDING):
            os.unlink(PENDING)
    module.exit_json(changed=bool(host.parts), parts=host.parts, impossible=host.impossible, diff=host.diff)


if __name__ == "__main__":
    main()
