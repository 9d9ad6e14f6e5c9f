# toxwatch. `make help` lists the targets.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
# system certificates: a newcomer may sit behind a proxy of their own
UV := $(BIN)/uv pip install --quiet --system-certs --python $(BIN)/python
LOCKS := requirements
PORT ?= 8050
FUZZ ?= 10000
FAULTS ?= 1000
export TOXWATCH_STUDIES := $(CURDIR)/studies

.DEFAULT_GOAL := help
.PHONY: help demo test check unit postgresql coverage fuzz faults bench lock screenshots airflow clean

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

# `unit` has tests of everything that touches the database on both kinds, and few whole runs
postgresql: $(VENV)/.dev  ## Run every test with a database on PostgreSQL instead of SQLite
	TOXWATCH_TEST_DATABASE=postgresql $(BIN)/python -m pytest -n 2 --dist loadgroup \
	  tests/pipeline tests/store tests/worklist tests/alerts tests/audit tests/snapshots \
	  tests/decisions tests/nextdose tests/reporting tests/feeds tests/cli tests/faults/test_whole_way.py \
	  tests/dashboards tests/e2e/test_pilot.py tests/e2e/test_pilot_by_hand.py

coverage: $(VENV)/.dev chromium  ## Run the tests and say what they did not reach (half as long again)
	$(BIN)/python -m pytest -n 2 --dist loadgroup --cov --cov-report=term:skip-covered --cov-report=html

fuzz: $(VENV)/.dev  ## Deliver 10,000 spoilt files of every format, and hostile trials (FUZZ=n for another number)
	rm -f artifacts/fuzz_*.json
	TOXWATCH_FUZZ=$(FUZZ) $(BIN)/python -m pytest tests/faults tests/e2e/test_hostile.py \
	  -m "not fault" -n 2
	@cat artifacts/fuzz_*.json

faults: $(VENV)/.dev  ## Kill, crash and cut it 1,000 times; nothing may be lost (FAULTS=n for another number)
	$(BIN)/python -m tests.faults.crashes $(FAULTS)

bench: $(VENV)/.dev  ## Time grading and checks; measure toxwatch by simulated trials with known truth
	$(BIN)/python benchmarks/grading.py
	$(BIN)/python benchmarks/checks.py
	$(BIN)/python benchmarks/snapshots.py
	$(BIN)/python benchmarks/escalation.py
	$(BIN)/python benchmarks/dashboard.py
	$(BIN)/python benchmarks/simulation.py

screenshots: $(VENV)/.dev chromium  ## Photograph every page into artifacts/
	$(BIN)/python -m pytest tests/e2e/photographs.py

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
