PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
CHECKED := feedback_service tests benchmarks wsgi.py

.DEFAULT_GOAL := help
.PHONY: help install demo test lint format lock bench chromium clean

help: ## Say what can be made
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

install: $(INSTALLED) ## Make .venv from the lock file

$(INSTALLED): requirements/lock.txt setup.cfg pyproject.toml
	@test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV) || sh .ci/venv-module $(PYTHON) $(VENV)
	@echo "Installing from requirements/lock.txt ..."
	@$(BIN)/pip install --quiet --disable-pip-version-check --requirement requirements/lock.txt
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: install ## Start the demo shop on http://127.0.0.1:8000 (FEEDBACK_PORT)
	@$(BIN)/feedback demo

test: install chromium ## Run every test, on SQLite and PostgreSQL, and in a browser
	@$(BIN)/python -m pytest --numprocesses auto --dist worksteal

chromium:
	@command -v chromium >/dev/null || sh .ci/chromium || test -z "$$CI"

lint: install ## Check style, types, layers and security
	@$(BIN)/ruff check $(CHECKED)
	@$(BIN)/ruff format --check $(CHECKED)
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/bandit --quiet --recursive --severity-level medium feedback_service wsgi.py

format: install ## Put the code into its form
	@$(BIN)/ruff check --fix $(CHECKED)
	@$(BIN)/ruff format $(CHECKED)

lock: install ## Pin the newest versions that setup.cfg allows
	@$(BIN)/uv pip compile setup.cfg --extra dev --upgrade --python-version 3.11 --no-annotate --no-header --quiet --output-file requirements/lock.txt

bench: install ## Run the benchmarks: make bench DATA=folder-of-olist-files
	@test -n "$(DATA)" || { echo "Say where the data lies: make bench DATA=folder. See docs/benchmarks.md." >&2; exit 2; }
	@$(BIN)/python benchmarks/olist.py "$(DATA)"

clean: ## Remove what can be made again; var/ stays
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis screenshots
