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

.PHONY: test truth lint clean browser

test: $(VENV)/test.stamp browser lint
	$(BIN)/python -m pytest -n 2 --dist loadfile

# Simulations that take minutes; each has a small case among the tests.
truth: $(VENV)/test.stamp
	$(BIN)/python -m pytest -n 2 -m truth

lint: $(VENV)/test.stamp
	$(BIN)/ruff check src tests benchmarks docs
	$(BIN)/ruff format --check src tests benchmarks docs
	$(BIN)/mypy
	$(BIN)/lint-imports

# The report is looked at in a real browser. Where none can be installed those tests say so.
browser:
	@command -v chromium >/dev/null 2>&1 || { command -v apt-get >/dev/null 2>&1 && \
	  [ "$$(id -u)" = 0 ] && apt-get update -q && apt-get install -y -q --no-install-recommends \
	  chromium fonts-dejavu-core; } || echo "no chromium: browser tests will be skipped"

# A part of the suite on the lowest versions that pyproject.toml allows: tables, splits, studies,
# kernels and pages; no networks. pip can't resolve to lowest versions, so a script writes them down.
LOWEST := .venv-lowest
.PHONY: test-lowest
test-lowest: $(LOWEST)/test.stamp
	$(LOWEST)/bin/python -m pytest -n 2 -m "not slow and not truth" tests/core tests/features tests/sources \
	  tests/splits tests/metrics/test_confusion.py tests/metrics/test_scores.py \
	  tests/tables/test_read.py tests/tables/test_sample.py tests/tables/test_table.py \
	  tests/tables/test_zones.py tests/study/test_engine.py tests/study/test_verdict.py \
	  tests/predict tests/models/test_files.py tests/mapping/outputs/test_cog.py \
	  tests/models/test_applicability.py tests/cli/test_compare.py tests/report/test_page.py \
	  --ignore tests/core/test_executor.py -k "not through_a_network"

$(LOWEST)/test.stamp: pyproject.toml tests/lowest.py
	$(PYTHON) -m venv --clear $(LOWEST)
	$(PYTHON) tests/lowest.py > $(LOWEST)/lowest.txt
	$(LOWEST)/bin/python -m pip install -q -e . -r $(LOWEST)/lowest.txt
	touch $@

# The site, in site/index.html. Without network, and a warning or a link that leads nowhere is an
# error. What builds it has an environment of its own: it is of no use to tests.
DOCS := .venv-docs
.PHONY: docs
docs: $(DOCS)/docs.stamp
	BOCAGE_OFFLINE=1 $(DOCS)/bin/python docs/_site/build.py

$(DOCS)/docs.stamp: pyproject.toml
	$(PYTHON) -m venv $(DOCS)
	$(DOCS)/bin/python -m pip install -q -U "pip>=25.1"
	$(DOCS)/bin/python -m pip install -q -e . --group docs -c constraints.txt
	touch $@

$(VENV)/run.stamp: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q -U "pip>=25.1"
	@# Two packages of XGBoost write one folder, and older checkouts had the other one.
	$(BIN)/python -m pip uninstall -q -y xgboost xgboost-cpu 2>/dev/null
	$(BIN)/python -m pip install -q -e . -c constraints.txt
	touch $@

$(VENV)/test.stamp: $(VENV)/run.stamp constraints.txt
	$(BIN)/python -m pip install -q -e ".[dask,fast,map,onnx,shap,tune]" --group test --group lint -c constraints.txt
	touch $@

clean:
	rm -rf $(VENV) $(LOWEST) $(DOCS) site studies build dist .pytest_cache .mypy_cache .ruff_cache

.PHONY: compare studies
# A first answer, its page and a map of the embedded example, then of real embeddings where they
# can be had.
compare: $(VENV)/run.stamp
	$(BIN)/bocage demo studies/demo

# Both studies whole: all places, budgets and draws.
studies: $(VENV)/run.stamp
	$(BIN)/bocage compare landscape
	$(BIN)/bocage compare four-regions-clean --leave region || \
	  echo "four-regions-clean: skipped (no BOCAGE_DATA and no network)"
