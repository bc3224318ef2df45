# Everything a newcomer needs: `make demo` to see it, `make test` to trust it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo demo-reset test test-fast faults lint format screenshots clean

demo: $(VENV)/ready
	@$(BIN)/python manage.py demo

demo-reset: $(VENV)/ready
	@$(BIN)/python manage.py demo --reset

test: $(VENV)/ready
	@$(BIN)/python scripts/browser.py --install
	@$(BIN)/pytest -n 2 --dist loadgroup --no-loadscope-reorder

faults: $(VENV)/ready
	@FAULTS_TIMES=10 $(BIN)/pytest tests/faults -v

test-fast: $(VENV)/ready
	@$(BIN)/pytest -m "not browser"

lint: $(VENV)/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/djlint templates --lint --quiet
	$(BIN)/lint-imports
	$(BIN)/python manage.py makemigrations --check --dry-run

format: $(VENV)/ready
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

screenshots: $(VENV)/ready
	@$(BIN)/python scripts/browser.py --install
	@$(BIN)/python scripts/screenshots.py

clean:
	rm -rf $(VENV) .data .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

$(VENV)/ready: requirements.txt requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "HealthHub needs Python 3.11 or newer; set PYTHON to one, for example: make demo PYTHON=python3.12")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }
	@echo "Installing what HealthHub needs (a minute or two, once)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@
