# make run       install into .venv, run the baseline scenario, print its milestone years
# make test      install what tests need as well, check style and types, run the tests: about three minutes
# make test-all  the same, then the slow tests: the wheel, every command of the README, a browser, the long fuzz
# make report    write docs/report.html, the page of the baseline and its routes that a release shows
# make clean     remove .venv, caches and builds; results in runs/ stay
#
# Another Python: make run PYTHON=python3.12

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check

# As many processes as there are cores, up to four; the tests of a file stay in one, for its fixtures and its forks.
PYTEST := $(BIN)/pytest --numprocesses auto --maxprocesses 4 --dist loadfile

.PHONY: run test test-all report clean

run: .venv/.installed
	@$(BIN)/oomcast run
	@echo "The result, with its picture, is in runs/baseline/"

test: .venv/.installed-test
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(PYTEST) -m "not slow"

test-all: test .venv/.installed-browser
	$(PYTEST) -m slow

report: .venv/.installed
	@$(BIN)/oomcast run baseline routes --draws 100000 --out build --overwrite >/dev/null
	@$(BIN)/oomcast report build/baseline build/routes --no-presets -o docs/report.html

clean:
	rm -rf .venv build dist .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find simulator tests -type d -name __pycache__ -prune -exec rm -rf {} +

# Stamps: each says that its step was finished with the pyproject.toml of that time.

.venv/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "oomcast needs Python 3.11 or newer, and '$(PYTHON)' is not one that runs:" \
	    "name another, as in 'make run PYTHON=python3.12'" >&2; exit 1; }
	@$(PYTHON) -m venv --clear .venv || { \
	  echo "'$(PYTHON)' cannot make virtual environments:" \
	    "on Debian and Ubuntu, install python3-venv" >&2; exit 1; }
	@touch $@

.venv/.installed: pyproject.toml | .venv/.made
	@echo "Installing oomcast into .venv (a minute or two, once)" >&2
	@$(PIP) install --editable .
	@touch $@

.venv/.installed-test: pyproject.toml | .venv/.made
	@echo "Installing oomcast and what its tests need into .venv (a minute or two, once)" >&2
	@$(PIP) install --editable '.[test,dev]'
	@touch .venv/.installed $@

# The page is tested in a real Chromium where there is one; where not, its tests say so and are skipped.
.venv/.installed-browser: .venv/.installed-test
	@$(PIP) install --editable '.[browser]' || echo "Playwright cannot be installed: no test in a browser" >&2
	@command -v chromium chromium-browser google-chrome >/dev/null || \
	  { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && \
	    { apt-get update --quiet && apt-get install --yes --quiet chromium; } >/dev/null; } || \
	  echo "No Chromium: the tests in a browser are skipped (Debian and Ubuntu: apt-get install chromium)" >&2
	@touch $@
