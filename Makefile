# One tool for everything; `make` lists the commands, CI calls the same ones.
PYTHON ?= python3
TOOLS := .venv/bin
UV_STANZA := .tools/uv.txt

.DEFAULT_GOAL := help
.PHONY: help app setup check fix test quick sample docs bench chromium needed

help:  ## list the commands
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

app: .venv/installed  ## open the dashboard on the bundled sample
	$(TOOLS)/lupus-outcomes app

setup: .venv/installed  ## build .venv from requirements.lock

check: .venv/installed  ## lint, types and import contracts
	$(TOOLS)/ruff check .
	$(TOOLS)/ruff format --check .
	$(TOOLS)/pyright
	$(TOOLS)/lint-imports

fix: .venv/installed  ## mend what the linter can mend
	$(TOOLS)/ruff check --fix .
	$(TOOLS)/ruff format .

test: .venv/installed needed  ## every test, browser included
	$(TOOLS)/pytest -n auto --dist loadfile --no-loadscope-reorder --durations 20

quick: .venv/installed  ## the tests that take a moment
	$(TOOLS)/pytest -n auto --dist loadfile --no-loadscope-reorder -m "not slow and not browser"

sample: .venv/installed  ## write data/sample anew, byte for byte the same
	$(TOOLS)/lupus-outcomes sample --out data/sample

docs: .venv/installed chromium  ## write the data dictionary, take the screenshots of docs and README
	$(TOOLS)/python -m lupus_outcomes.export.dictionary_page docs/data-dictionary.md
	$(TOOLS)/python docs/screenshots.py

bench: .venv/installed chromium  ## print the benchmarks, as ratios
	$(TOOLS)/lupus-outcomes bench
	$(TOOLS)/python -m tests.bench.pages
	$(TOOLS)/python -m tests.bench.survival
	$(TOOLS)/python -m tests.bench.outcomes
	$(TOOLS)/python -m tests.bench.prediction
	$(TOOLS)/python -m tests.bench.rivals

chromium: .venv/installed
	@$(TOOLS)/python -m tests.browser.chromium

needed: .venv/installed
	@$(TOOLS)/python -m tests.needed

# uv comes through pip with its hash checked, into a folder of its own, and then builds the environment.
.venv/installed: requirements.lock pyproject.toml
	@mkdir -p .tools
	@sed -n '/^uv==/,/[^\\]$$/p' requirements.lock > $(UV_STANZA)
	$(PYTHON) -m pip install --quiet --disable-pip-version-check --upgrade --require-hashes --no-deps \
	  --target .tools/uv -r $(UV_STANZA)
	UV_PYTHON_DOWNLOADS=never .tools/uv/bin/uv venv --quiet --clear --python $(PYTHON) .venv
	.tools/uv/bin/uv pip install --quiet --no-config --python .venv --compile-bytecode --require-hashes -r requirements.lock
	.tools/uv/bin/uv pip install --quiet --no-config --python .venv --compile-bytecode --no-build-isolation --no-deps -e .
	@touch $@
