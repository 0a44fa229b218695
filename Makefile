# make run   the service with its sandbox page on http://127.0.0.1:8000 (jurisdiction US)
# make test  ruff, mypy and every test
# make fuzz   100,000 damaged records through the whole service, guided by coverage (INPUTS=, SEED=); nightly, half an hour
# make mutate   changes every rule page in every single way; a scenario must notice
# make lint  ruff and mypy only · make lock  resolve the dependencies anew · make clean

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := run
.PHONY: run test fuzz mutate lint lock clean

VENV ?= .venv
HOST ?= 127.0.0.1
PORT ?= 8000
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check

# The first interpreter that really starts and is a version the rules engine works on.
FIND_PYTHON = for p in python3.12 python3.11 python3 python; do \
	  "$$p" -c 'import sys; sys.exit(sys.version_info[:2] not in ((3, 11), (3, 12)))' 2>/dev/null && { command -v "$$p"; break; }; \
	done || true

run: $(VENV)/.run
	$(BIN)/python -m cds_service serve --host $(HOST) --port $(PORT) --jurisdiction US

test: lint
	$(BIN)/python -m pytest

INPUTS ?= 100000
SEED ?= 1
fuzz: $(VENV)/.test
	$(PIP) install -q --only-binary :all: --require-hashes -r scripts/fuzz.lock || echo "no coverage guidance on this machine"
	FUZZ_EXAMPLES=2000 $(BIN)/python -m pytest tests/fuzz
	$(BIN)/python scripts/fuzz.py --inputs $(INPUTS) --seed $(SEED)

mutate: $(VENV)/.test
	$(BIN)/python -m cds_service.scenarios.mutate

lint: $(VENV)/.test
	$(BIN)/python -m ruff check .
	$(BIN)/python -m mypy

# Everything that is executed, build tools included, is pinned by hash.
$(VENV)/.run: requirements.lock requirements-build.lock pyproject.toml
	@python="$$($(FIND_PYTHON))"; \
	[ -n "$$python" ] || { echo "prrt-cds needs Python 3.11 or 3.12 (3.13 cannot load the rules engine); none was found." >&2; exit 1; }; \
	command -v cc >/dev/null || command -v gcc >/dev/null || { echo "prrt-cds needs a C compiler (cc or gcc) to build the rules engine; none was found." >&2; exit 1; }; \
	"$$python" -c 'import pathlib, sys, sysconfig; sys.exit(not pathlib.Path(sysconfig.get_path("include"), "Python.h").exists())' \
	  || { echo "prrt-cds needs the Python headers (Python.h) of $$python to build the rules engine." >&2; exit 1; }; \
	"$$python" -c 'import ensurepip' 2>/dev/null || { echo "prrt-cds needs the venv module of $$python." >&2; exit 1; }; \
	"$$python" -m venv --clear $(VENV)
	$(PIP) install -q --require-hashes -r requirements-build.lock
	$(PIP) install -q --no-build-isolation --require-hashes -r requirements.lock
	PYTHONWARNINGS=ignore $(PIP) install -q --no-build-isolation --no-deps -e .
	$(BIN)/python -c 'import durable_rules_engine'
	@touch $@

$(VENV)/.test: $(VENV)/.run requirements-test.lock
	$(PIP) install -q --no-build-isolation --require-hashes -r requirements-test.lock
	@touch $@

COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --custom-compile-command "make lock" --upgrade
lock: $(VENV)/.run
	$(PIP) install -q uv
	printf 'pip>=25\nsetuptools>=77\n' | $(COMPILE) - -o requirements-build.lock
	$(COMPILE) pyproject.toml -o requirements.lock
	$(COMPILE) pyproject.toml --extra test -c requirements.lock -o requirements-test.lock

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
