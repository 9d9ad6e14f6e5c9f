# toxwatch. `make help` lists the targets.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
# system certificates: a newcomer may sit behind a proxy of their own
UV := $(BIN)/uv pip install --quiet --system-certs --python $(BIN)/python
LOCKS := requirements
PORT ?= 8050
FUZZ ?= 10000
export TOXWATCH_STUDIES := $(CURDIR)/studies

.DEFAULT_GOAL := help
.PHONY: help demo test check unit coverage fuzz bench lock screenshots airflow clean

help:  ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

demo: $(VENV)/.demo  ## Run a simulated trial day by day and the CDISC pilot; serve the dashboard
	$(BIN)/toxwatch demo --port $(PORT)

test: $(VENV)/.dev chromium check unit  ## Set up and run everything that gates

check: $(VENV)/.dev  ## Lint, types, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

unit: $(VENV)/.dev  ## Run the tests
	$(BIN)/python -m pytest -n 2 --dist loadgroup

coverage: $(VENV)/.dev chromium  ## Run the tests and say what they did not reach (half as long again)
	$(BIN)/python -m pytest -n 2 --dist loadgroup --cov --cov-report=term:skip-covered --cov-report=html

fuzz: $(VENV)/.dev  ## Deliver 10,000 spoilt files of every format (FUZZ=n for another number)
	rm -f artifacts/fuzz_*.json
	TOXWATCH_FUZZ=$(FUZZ) $(BIN)/python -m pytest tests/faults -n 2
	@cat artifacts/fuzz_*.json

bench: $(VENV)/.dev  ## Time grading and checks; measure toxwatch by simulated trials with known truth
	$(BIN)/python benchmarks/grading.py
	$(BIN)/python benchmarks/checks.py
	$(BIN)/python benchmarks/simulation.py

screenshots: $(VENV)/.dev chromium  ## Photograph every page into artifacts/
	$(BIN)/python -m pytest tests/e2e/test_dashboard.py \
	  tests/e2e/test_simulated.py::test_held_rows_are_shown_in_full

airflow: $(VENV)/.demo  ## Run Airflow with the studies' DAGs on 127.0.0.1:8080
	sh scripts/airflow_standalone.sh

lock:  ## Resolve the dependencies anew
	sh scripts/lock.sh

clean:  ## Remove the environment and everything that was made
	rm -rf $(VENV) var artifacts htmlcov .coverage .mypy_cache .ruff_cache .pytest_cache

.PHONY: chromium
chromium:
	@sh scripts/chromium.sh

$(VENV)/.uv: $(LOCKS)/bootstrap.lock
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

$(VENV)/.demo: $(VENV)/.uv $(LOCKS)/demo.lock pyproject.toml
	$(UV) --require-hashes -r $(LOCKS)/demo.lock
	$(UV) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.uv $(LOCKS)/dev.lock pyproject.toml
	$(UV) --require-hashes -r $(LOCKS)/dev.lock
	$(UV) --no-deps --no-build-isolation --editable .
	@touch $@ $(VENV)/.demo
