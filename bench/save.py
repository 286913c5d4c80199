"""Backup and restore of two services against raw restic of the very same data, on one rehearsal host."""

import json
from collections.abc import Iterator
from pathlib import Path

from bench.apply import HOST, _call, _root, on_a_host
from bench.clock import seconds

SERVICES = ("etherpad", "radicale")
MEGABYTES = 300
BLOCK = """
backup:
  window: ""
  destinations:
    - {name: disk, url: /var/backups/ours, offsite: false}
"""
# Data as associations have it: many small files and some large ones that do not compress.
FILL = f"""
cd /var/lib/docker/volumes/bench_radicale_data/_data && mkdir -p bench && cd bench
head -c {MEGABYTES * 2**20} /dev/urandom | split -b 1M -a 3 - large-
for n in $(seq 1 4000); do echo "note $n $(head -c 600 /dev/urandom | base64 -w0)" > small-$n; done
"""
# What a careful person would type: dump the database, then one restic for dump, volumes and recipe.
RAW = """
set -e; export RESTIC_REPOSITORY=/var/backups/raw RESTIC_PASSWORD=bench RESTIC_CACHE_DIR=/var/cache/raw
[ -d $RESTIC_REPOSITORY ] || restic init -q
mkdir -p /root/raw
cd /srv/provisioner/instances/bench_etherpad
docker compose exec -T db pg_dump --username=etherpad --clean --if-exists etherpad > /root/raw/dump.sql
restic backup -q /root/raw /srv/provisioner/instances /var/lib/docker/volumes/bench_radicale_data \
  /var/lib/docker/volumes/bench_etherpad_var /var/lib/docker/volumes/bench_etherpad_plugins
"""
RAW_RESTORE = """
set -e; export RESTIC_REPOSITORY=/var/backups/raw RESTIC_PASSWORD=bench RESTIC_CACHE_DIR=/var/cache/raw
rm -rf /var/lib/raw-restore; restic restore -q latest --target /var/lib/raw-restore
rm -rf /srv/provisioner/raw-old; cd /srv/provisioner/instances/bench_radicale; docker compose stop -t 20
rm -rf /var/lib/docker/volumes/bench_radicale_data/_data.old
mv /var/lib/docker/volumes/bench_radicale_data/_data /var/lib/docker/volumes/bench_radicale_data/_data.old
mv /var/lib/raw-restore/var/lib/docker/volumes/bench_radicale_data/_data /var/lib/docker/volumes/bench_radicale_data/
docker compose up -d --wait
"""
ASK = "python3 /usr/local/lib/provisioner/host.pyz {command} <<'END'\n{request}\nEND"


def run() -> Iterator[dict[str, object]]:
    """Yield backups from nothing, with nothing new, and the restore of one instance, both ways."""
    yield from on_a_host(_measure)


def _measure(stack: Path) -> Iterator[dict[str, object]]:
    options = [word for name in SERVICES for word in ("--service", name)]
    _call("init", *options, "--domain", "bench.lab.test", "--id", "bench", "--lab", HOST, "--folder", str(stack))
    path = stack / "stack.yaml"
    path.write_text(path.read_text("utf-8") + BLOCK, "utf-8")
    _call("apply", str(stack))
    _call("probe", str(stack))
    _root(FILL)
    backup = ASK.format(command="backup", request=json.dumps({"associations": ["bench"]}))
    for what, times in ((f"first backup, {MEGABYTES} MB and 4,000 small files", 1), ("backup again, nothing new", 3)):
        raw = seconds(lambda: _root(RAW), times=times)
        ours = seconds(lambda: _root(backup), times=times)
        yield {"what": f"dump and raw restic: {what}", "seconds": raw, "goal": ""}
        yield {"what": f"ours: {what}", "seconds": ours, "ratio": f"{ours / raw:.2f}x", "goal": "goal <= 1.15x"}
    request = json.dumps({"association": "bench", "instance": "bench_radicale"})
    raw = seconds(lambda: _root(RAW_RESTORE))
    ours = seconds(lambda: _root(ASK.format(command="restore", request=request)))
    yield {"what": "raw restic: restore one volume by hand, stop, swap, start", "seconds": raw, "goal": ""}
    yield {
        "what": "ours: restore, verified in a sandbox, switched",
        "seconds": ours,
        "ratio": f"{ours / raw:.2f}x",
        "goal": "goal <= 1.15x",
    }
