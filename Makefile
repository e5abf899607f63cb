# Everything from a clean clone: Python 3.11 to 3.13, make and git are all that has to be there.

PYTHON ?= $(shell for python in python3.11 python3.12 python3.13 python3 python; do \
	$$python -c 'import sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null \
	&& { echo $$python; break; }; done)
BIN := .venv/bin
READY := .venv/ready
MUTANTS_READY := .venv-mutants/ready
BENCH_READY := .venv-bench/ready

.DEFAULT_GOAL := help
.PHONY: help setup python demo test bench mutants clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(READY) ## a virtual environment in .venv with everything in it, pinned

python:
	@test -n "$(PYTHON)" || { echo "no Python 3.11 to 3.13 found: install one, or say make PYTHON=..." >&2; exit 1; }

$(READY): pyproject.toml constraints.txt | python
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[broker,dev]'
	@touch $@

demo: $(READY) ## the main job end to end on this machine, then stops
	$(BIN)/exportgate demo

test: $(READY) ## lint, types, architecture, every test, on a real Kafka
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest

$(BENCH_READY): pyproject.toml tests/bench/constraints.txt | python
	$(PYTHON) -m venv .venv-bench
	.venv-bench/bin/pip install --quiet --disable-pip-version-check -c tests/bench/constraints.txt -e '.[broker,bench]'
	@touch $@

bench: $(BENCH_READY) ## speed beside other engines, into docs/; FAST=1 for a smaller one, into .bench/
	.venv-bench/bin/python -m tests.bench $(if $(FAST),--fast) $(PARTS)

$(MUTANTS_READY): requirements-mutants.txt | python
	$(PYTHON) -m venv .venv-mutants
	.venv-mutants/bin/pip install --quiet --disable-pip-version-check --only-binary :all: -r $<
	@touch $@

mutants: $(MUTANTS_READY) ## whether the tests of the rules notice faulty rules; takes minutes (docs/mutants.md)
	rm -rf mutants
	.venv-mutants/bin/python tests/mutants.py

clean: ## what setup, tests and the local broker left here
	rm -rf .venv .venv-mutants .venv-bench .bench mutants .exportgate *.egg-info build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
