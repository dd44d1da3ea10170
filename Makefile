# Needs only Python 3.11+ and make. Everything else is installed into .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

# Real data for examples and tests, where a checkout has them beside it.
ifeq ($(origin BOCAGE_DATA),undefined)
ifneq ($(wildcard ../shared/data),)
export BOCAGE_DATA := $(abspath ../shared/data)
endif
endif

.PHONY: test lint clean browser

test: $(VENV)/test.stamp browser lint
	$(BIN)/python -m pytest -n 2 --dist loadfile

lint: $(VENV)/test.stamp
	$(BIN)/ruff check src tests benchmarks
	$(BIN)/ruff format --check src tests benchmarks
	$(BIN)/mypy
	$(BIN)/lint-imports

# The report is looked at in a real browser. Where none can be installed those tests say so.
browser:
	@command -v chromium >/dev/null 2>&1 || { command -v apt-get >/dev/null 2>&1 && \
	  [ "$$(id -u)" = 0 ] && apt-get update -q && apt-get install -y -q --no-install-recommends \
	  chromium fonts-dejavu-core; } || echo "no chromium: browser tests will be skipped"

$(VENV)/run.stamp: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q -U "pip>=25.1"
	$(BIN)/python -m pip install -q -e . -c constraints.txt
	touch $@

$(VENV)/test.stamp: $(VENV)/run.stamp constraints.txt
	$(BIN)/python -m pip install -q -e ".[dask,map,onnx,shap,tune]" --group test --group lint -c constraints.txt
	touch $@

clean:
	rm -rf $(VENV) studies build dist .pytest_cache .mypy_cache .ruff_cache

.PHONY: compare
# The main job on the embedded example, then on real embeddings where they can be had.
compare: $(VENV)/run.stamp
	$(BIN)/bocage compare landscape
	$(BIN)/bocage compare four-regions --leave region || \
	  echo "four-regions: skipped (no BOCAGE_DATA and no network)"
