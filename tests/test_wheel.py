"""What `pipx install` gets: everything the program needs, without a checkout."""

import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NEEDED = (
    "provisioner/_data/catalog/aliases.yaml",
    "provisioner/_data/catalog/interview.yaml",
    "provisioner/_data/catalog/needs.yaml",
    "provisioner/_data/catalog/paheko/service.yaml",
    "provisioner/_data/catalog/prices.yaml",
    "provisioner/_data/catalog/etherpad/compose.yaml",
    "provisioner/_data/catalog/etherpad/image/Dockerfile",
    "provisioner/_data/examples/import/map.yml",
    "provisioner/_data/examples/profiles/demo-association.yaml",
    "provisioner/_data/playbooks/apply.yml",
    "provisioner/_data/roles/base/library/machine.py",
    "provisioner/_data/roles/instances/library/converge.py",
    "provisioner/_data/schemas/needs-profile-1.0.schema.json",
    "provisioner/_data/schemas/plan.schema.json",
    "provisioner/_data/templates/documents/words.yaml",
    "provisioner/_data/templates/proxy/Caddyfile",
    "provisioner/_data/templates/stack.yaml.j2",
    "provisioner/host/__main__.py",
    "provisioner/locale/fr/LC_MESSAGES/messages.mo",
)


def test_wheel_holds_catalog_roles_templates_and_french(tmp_path: Path) -> None:
    options = ["--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", str(tmp_path)]
    subprocess.run([sys.executable, "-m", "pip", "wheel", *options, str(ROOT)], check=True, capture_output=True)
    [wheel] = tmp_path.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    assert [name for name in NEEDED if name not in names] == []
    assert [name for name in names if "__pycache__" in name or name.endswith(".pyc")] == []
