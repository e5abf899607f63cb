# Everything from a clean clone: Python 3.11 to 3.13, make and git are all that has to be there.

PYTHON ?= $(shell for python in python3.11 python3.12 python3.13 python3 python; do \
	$$python -c 'import sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null \
	&& { echo $$python; break; }; done)
BIN := .venv/bin
READY := .venv/ready
DOCS_READY := .venv-docs/ready
MUTANTS_READY := .venv-mutants/ready
BENCH_READY := .venv-bench/ready
DEPLOY_READY := .venv-deploy/ready

.DEFAULT_GOAL := help
.PHONY: help setup python demo test docs bench mutants test-deploy images clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1: /p' $(MAKEFILE_LIST)

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

$(DOCS_READY): docs/requirements.txt | python
	$(PYTHON) -m venv .venv-docs
	.venv-docs/bin/pip install --quiet --disable-pip-version-check -r $<
	@touch $@

docs: $(READY) $(DOCS_READY) ## docs/asyncapi.yaml from the code, and the documentation as a site in build/site
	$(BIN)/python -m docs.asyncapi
	NO_MKDOCS_2_WARNING=1 .venv-docs/bin/mkdocs build --strict

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

$(DEPLOY_READY): deploy/requirements.txt | python
	$(PYTHON) -m venv .venv-deploy
	.venv-deploy/bin/pip install --quiet --disable-pip-version-check -r $<
	@touch $@

test-deploy: $(READY) $(DEPLOY_READY) ## boards and alerts with a real Prometheus and Alertmanager, image, chart
	@for tool in prometheus promtool prometheus-alertmanager amtool; do command -v $$tool >/dev/null || { \
		echo "no $$tool: apt-get install -y --no-install-recommends prometheus prometheus-alertmanager" >&2; \
		exit 1; }; done
	@command -v helm >/dev/null || { echo "no helm: go install helm.sh/helm/v3/cmd/helm@v3.22.0" >&2; exit 1; }
	PATH="$(CURDIR)/.venv-deploy/bin:$$PATH" $(BIN)/pytest deploy

images: $(READY) ## the image, built and run on a real Kafka; needs Docker on Linux
	@command -v docker >/dev/null || { echo "no docker: apt-get install -y --no-install-recommends docker.io" >&2; exit 1; }
	DOCKER_BUILDKIT=1 docker build --network host -t exportgate -f deploy/Dockerfile .
	$(BIN)/pytest deploy/image_runs.py

clean: ## what setup, tests and the local broker left here
	rm -rf .venv .venv-docs .venv-deploy .venv-bench .bench .venv-mutants mutants .exportgate *.egg-info build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
