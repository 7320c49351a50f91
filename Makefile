# Segportal. `make run` starts everything; `make help` lists the rest.
.POSIX:
.DEFAULT_GOAL := help
.PHONY: help run setup setup-dev test check openapi bench lock clean

VENV ?= .venv
PY = $(VENV)/bin/python
BIN = $(VENV)/bin
TEST_WORKERS ?= 2
PYTEST_ARGS ?=

help:
	@echo "make run        start the portal (HOST, PORT, DATA_DIR, DEMO=0; see docs/operations.md)"
	@echo "make test       run the whole test suite (PYTEST_ARGS, TEST_WORKERS)"
	@echo "make check      style, types, layers, migrations and the API snapshot"
	@echo "make bench      benchmarks, one JSON line each (CUSTOMERS, RULES)"
	@echo "make openapi    write docs/openapi.yaml anew"
	@echo "make setup      install what the portal needs into $(VENV)"
	@echo "make setup-dev  install what its development needs too"
	@echo "make lock       resolve the requirements anew (needs uv)"
	@echo "make clean      remove $(VENV) and caches; the data in var/ is kept"

run: setup
	@exec env UP_ENDS_WITH_PARENT=1 $(PY) manage.py up

setup:
	@VENV=$(VENV) sh scripts/setup.sh runtime

setup-dev:
	@VENV=$(VENV) sh scripts/setup.sh development

test: setup-dev
	@sh scripts/chromium.sh
	@VENV=$(VENV) sh scripts/spark.sh
	$(PY) -m pytest -n $(TEST_WORKERS) $(PYTEST_ARGS)

check: setup-dev
	@VENV=$(VENV) sh scripts/check.sh

openapi: setup-dev
	$(PY) manage.py spectacular --fail-on-warn --validate --file docs/openapi.yaml

bench: setup-dev
	@$(PY) -m bench

lock:
	@command -v uv >/dev/null 2>&1 || { echo "make lock needs uv: https://docs.astral.sh/uv/"; exit 1; }
	uv pip compile --universal --python-version 3.11 --generate-hashes requirements.in -o requirements.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes requirements-dev.in -o requirements-dev.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes requirements-spark.in -o requirements-spark.txt

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis var/test
	find . -name __pycache__ -type d -not -path "./node_modules/*" -prune -exec rm -rf {} +
