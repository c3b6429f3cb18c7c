# One entry per thing that people and CI do. `make help` lists them.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
UV ?= uv
ARGS ?=
BIN := .venv/bin
# Tests wait for clocks, sockets and processes of their own, so that two cores keep four
# processes busy. Each takes files of tests, in the order of tests/conftest.py.
PROCESSES := $(shell cores=$$(nproc 2>/dev/null || echo 2); \
	echo $$(( cores < 2 ? 2 : 4 )))
PARALLEL := --numprocesses $(PROCESSES) --dist loadfile --no-loadscope-reorder
# The locks are complete; of what they leave out on purpose, nothing is to be fetched. Few of
# all modules are ever used: those of a run are compiled at once, others when they are used.
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check \
	--no-input --no-deps --require-hashes --no-compile
COMPILE := $(BIN)/python -c \
	'from executors.preload import preload; preload(); import cli.finishing, engine.execution'
unexport PYTHONDONTWRITEBYTECODE

# A stamp is as new as the lock file that was installed last.
RUNTIME := .venv/runtime.stamp
DEV := .venv/dev.stamp

.PHONY: help demo test test-deep test-all test-long check format coverage lock clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-11s %s\n", $$1, $$2}' Makefile

demo: $(RUNTIME) ## Install, then run the three quick-start jobs (about two minutes)
	@rm -rf runs/demo-german_credit runs/demo-concrete_strength runs/demo-breast_cancer
	$(BIN)/python run.py fit german_credit --target class --budget 15s \
		--run-dir runs/demo-german_credit
	$(BIN)/python run.py fit concrete_strength --target csMPa --budget 15s \
		--run-dir runs/demo-concrete_strength
	$(BIN)/python run.py fit breast_cancer --task clustering --label class --budget 25s \
		--run-dir runs/demo-breast_cancer
	@printf '\nEach folder under runs/ holds one run: read result.json, leaderboard.csv and\n'
	@printf 'candidates/ there, or check its journal:\n'
	@printf '    $(BIN)/python run.py replay runs/demo-german_credit\n'

test: $(DEV) ## Run the fast tests (ARGS goes to pytest)
	$(BIN)/python -m pytest $(PARALLEL) $(ARGS)

test-deep: $(DEV) ## Run the slow tests: real runs, the wheel, the jail
	$(BIN)/python -m pytest $(PARALLEL) -m "deep and not long" $(ARGS)

test-all: $(DEV) ## Run both, as CI does: they share runs, and short tests fill the gaps
	$(BIN)/python -m pytest $(PARALLEL) -m "not long" $(ARGS)

test-long: $(DEV) ## Run what takes up to an hour: statistics, stress, many tables
	$(BIN)/python -m pytest -m long $(ARGS)

check: $(DEV) ## Check format, lint, types and the order of imports
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(DEV) ## Rewrite the code in the house format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

coverage: $(DEV) ## Run the fast tests and list the lines that none of them reached
	$(BIN)/python -m pytest $(PARALLEL) --cov --cov-report=term $(ARGS)

# Needs uv; the locks are the same on every machine and name no index.
LOCK := $(UV) pip compile --quiet --universal --python-version 3.11 \
	--fork-strategy fewest --no-strip-extras --generate-hashes --no-emit-index-url --no-annotate \
	--custom-compile-command "make lock" pyproject.toml

lock: ## Write both lock files again (ARGS=--upgrade for newer versions)
	$(LOCK) $(ARGS) --output-file requirements.lock > /dev/null
	$(LOCK) $(ARGS) --group dev --constraints requirements.lock \
		--output-file requirements-dev.lock > /dev/null

clean: ## Remove the virtual environment, caches and the demo's runs
	rm -rf .venv .coverage .hypothesis .import_linter_cache .mypy_cache .pytest_cache \
		.ruff_cache build dist runs/demo-*
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "sage-loop needs Python 3.11 or newer; $(PYTHON) is missing or older." \
			"Name one: make PYTHON=python3.12 demo" >&2; exit 1; }
	$(PYTHON) -m venv .venv

$(RUNTIME): requirements.lock | $(BIN)/python
	$(PIP_INSTALL) -r requirements.lock
	$(COMPILE)
	@touch $@

# The development lock holds the runtime lock's versions and more.
$(DEV): requirements-dev.lock | $(BIN)/python
	$(PIP_INSTALL) -r requirements-dev.lock
	$(COMPILE)
	@touch $@ $(RUNTIME)
