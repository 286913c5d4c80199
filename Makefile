# One command for each thing to do. Nothing here asks a question. Works on a bare Debian as root, elsewhere with
# python3 (3.11 or newer) and its venv module.
VENV := .venv
PYTHON := $(VENV)/bin/python
READY := $(VENV)/.ready

.PHONY: help setup demo test lint unit browser lab ladder prove-all bench constraints clean
.NOTPARALLEL:

help:
	@echo "make demo    a real association's stack on a rehearsal host, from nothing"
	@echo "make test    lint, unit tests, pages in a real browser, tests on rehearsal hosts, a quarter of the services proved"
	@echo "make lint    make unit    make browser    make lab    make ladder    one of those alone"
	@echo "make prove-all    every service proved on rehearsal hosts; rewrites docs/proofs.json"
	@echo "make bench   benchmarks, each with its baseline in the same run"
	@echo "make constraints    take up new releases of the Python libraries"
	@echo "make clean   remove the rehearsal hosts and all that was made here"

setup: $(READY)

$(READY): pyproject.toml constraints.txt provisioner/locale/fr/LC_MESSAGES/messages.po
	@echo "== setup: Python packages in $(VENV)"
	@python3 -c 'import ensurepip, venv' 2>/dev/null || { \
	  test "$$(id -u)" = 0 || { echo "Python's venv module is missing: sudo apt-get install python3-venv" >&2; exit 1; }; \
	  apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends python3-venv; }
	@python3 -m venv $(VENV)
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $(READY)

constraints:
	@echo "== the newest libraries, in a clean folder; their versions go to constraints.txt, then: make test"
	@rm -rf .work/newest && python3 -m venv .work/newest
	@.work/newest/bin/python -m pip install --quiet --disable-pip-version-check '.[dev]'
	@.work/newest/bin/python -m pip freeze --exclude provisioner > constraints.txt.new && mv constraints.txt.new constraints.txt
	@rm -rf .work/newest

demo: setup
	@$(PYTHON) -m provisioner.demo

test: lint unit browser lab ladder
	@echo "== all passed"

lint: setup
	@echo "== lint: ruff"
	@$(VENV)/bin/ruff check .
	@echo "== lint: mypy"
	@$(VENV)/bin/mypy

unit: setup
	@echo "== unit tests"
	@$(VENV)/bin/pytest -q -n auto -m "not lab and not browser and not ladder"

browser: setup
	@echo "== the papers in a browser"
	@$(VENV)/bin/pytest -q -n auto -m browser

lab: setup
	@echo "== tests on rehearsal hosts"
	@$(VENV)/bin/pytest -q -n 2 --dist loadfile --durations 25 -m lab

ladder: setup
	@echo "== services climb the ladder of proofs (a quarter of them each day; PROVE=all or PROVE=radicale,prosody for others)"
	@$(VENV)/bin/pytest -q -n 2 --dist worksteal -m ladder

prove-all: setup
	@$(VENV)/bin/provisioner --lang en catalog prove --all --jobs 2 --save docs/proofs.json

bench: setup
	@$(PYTHON) -m bench

clean:
	@if [ -x $(VENV)/bin/provisioner ]; then $(VENV)/bin/provisioner lab down --yes; fi
	@rm -rf "$${XDG_STATE_HOME:-$$HOME/.local/state}/provisioner/demo"
	@rm -rf $(VENV) .work dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
	@echo "Images stay for the next time; to remove them too: docker images 'provisioner/*'"
