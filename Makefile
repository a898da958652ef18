# make app            start ConvScope; the first time, everything it needs is installed into .venv, which takes some minutes
# make test           run all tests; installs what they need, including a Chromium where that can be done
# make quick          run the tests that take a minute, which is for every few minutes
# make lint           check style, format and types, those of the scripts included
# make types          check the types alone
# make js-test, js-lint   the part of these that needs Node.js; skipped where there is none, but never if CI=true
# make bench          print the table of benchmarks
# make soak           ask a server mixed questions for minutes, or ARGS="--hours 8", and see whether it grows
# make faults         run the tests that kill, delete and cut off; docs/faults.md says what happens then
# make shots          take the pictures of every tab anew that a test compares the page with
# make canary         run the quick tests and those of the app with the newest Gradio, in an environment of its own
# make architecture   draw docs/architecture.svg again, from the imports in the code
# make clean          remove caches; .venv, trained networks and data stay
#
# PYTHON=python3.12   which Python makes .venv (3.10 or newer)
# VENV=folder         another folder for the environment, which may exist already
# ARGS="-k predict"   further arguments for pytest or the benchmarks
# CONVSCOPE_DATA=...  the folder that holds CIFAR-10 and other sets of pictures
# CI=true             what is missing, such as Node.js, is an error and not skipped

PYTHON ?= python3
VENV ?= .venv
ARGS ?=
CANARY := .venv-canary
# Neither a browser nor a training, nor what starts a process a test: what most changes break shows here all the same.
QUICK := tests/test_house.py tests/model_zoo tests/demo tests/train/data
NOT_QUICK := tests/demo/tabs/train tests/demo/tabs/data tests/demo/share/test_onnx.py \
	tests/model_zoo/entries/test_onnx_export.py tests/train/data/test_photos_cache.py
QUICKLY := -m "not full and not slow and not browser" $(addprefix --ignore=,$(NOT_QUICK))

PIP := $(VENV)/bin/python -m pip --disable-pip-version-check
REMOVE_STUBS := find demo -name '*.pyi' -delete
BROWSERS := chromium-headless-shell chromium chromium-browser google-chrome google-chrome-stable
BROWSER_PACKAGES := chromium-headless-shell fonts-dejavu-core

.PHONY: app test quick lint types js-test js-lint bench soak faults shots canary architecture clean install browser
.DEFAULT_GOAL := app

app: $(VENV)/installed-app
	@$(VENV)/bin/python app.py

test: $(VENV)/installed-test browser $(if $(ARGS),,js-test)
	@$(VENV)/bin/python -m pytest $(ARGS)

quick: $(VENV)/installed-test $(if $(ARGS),,js-test)
	@$(VENV)/bin/python -m pytest $(QUICK) $(QUICKLY) $(ARGS)

lint: $(VENV)/installed-test
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .
	@$(MAKE) --no-print-directory types
	@$(MAKE) --no-print-directory js-lint

# pyright would believe the stubs that Gradio writes, which a later change to the code leaves as they were.
types: $(VENV)/installed-test
	@$(REMOVE_STUBS)
	@$(VENV)/bin/pyright --pythonpath $(VENV)/bin/python

# $(call needs,PROGRAMS,WHAT) && ...: says why it is left out where a program is missing, which in CI is a failure.
needs = for program in $(1); do command -v $$program >/dev/null || { echo "No $$program was found, so $(2)" \
	"is left out. To run it, install Node.js 20 or newer."; [ "$$CI" != true ] && exit 0; exit 1; }; done

js-test:
	@$(call needs,node,the test of the JavaScript) && node --test --test-reporter=dot tests/js/*.test.js tests/js/*/*.test.js

# Its packages are needed for this alone; package-lock.json says which.
js-lint:
	@$(call needs,node npm,the check of the JavaScript) && \
	{ [ node_modules/.package-lock.json -nt package-lock.json ] || npm ci --silent; } && npx tsc && npx eslint .

bench: $(VENV)/installed-test
	@$(VENV)/bin/python -m tests.bench $(ARGS)

soak: $(VENV)/installed-test
	@$(VENV)/bin/python -m tests.soak $(ARGS)

faults: $(VENV)/installed-test browser
	@$(VENV)/bin/python -m pytest -m faults $(ARGS)

shots: $(VENV)/installed-test browser
	@$(VENV)/bin/python -m tests.browser.every_tab.shots

# The range in requirements.txt is what is known to work; this looks at what comes next.
canary:
	@$(MAKE) --no-print-directory VENV=$(CANARY) $(CANARY)/installed-test
	@$(CANARY)/bin/python -m pip --disable-pip-version-check install --quiet --upgrade --upgrade-strategy eager gradio
	@version=$$($(CANARY)/bin/python -c 'from importlib.metadata import version; print(version("gradio"))'); \
	if $(CANARY)/bin/python -m pytest $(QUICK) tests/test_app.py $(QUICKLY) $(ARGS); \
	then echo "Gradio $$version: all of these tests passed."; \
	else echo "Gradio $$version: some of these tests failed."; exit 1; fi

architecture: $(VENV)/installed-app
	@$(VENV)/bin/python -m docs.architecture

clean:
	rm -rf .pytest_cache .ruff_cache $(CANARY)
	find . \( -name .git -o -name .venv -o -path './$(VENV)' \) -prune -o -name __pycache__ -prune -exec rm -rf {} +
	$(REMOVE_STUBS)

install: $(VENV)/installed-app

# pip is the last thing that venv writes, so that an environment whose making was interrupted is made again.
$(VENV)/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' \
		|| { echo "ConvScope needs Python 3.10 or newer. Name one with: make app PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV) \
		|| { echo "The environment $(VENV) could not be made. On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }

# The stamps are as old as the last installation: a changed list of packages is installed before the next run.
$(VENV)/installed-app: requirements.txt | $(VENV)/bin/pip
	$(PIP) install -r requirements.txt
	@touch $@

$(VENV)/installed-test: requirements-dev.txt $(VENV)/installed-app
	$(PIP) install -r requirements-dev.txt
	@touch $@

# Playwright drives the Chromium of the system. Without one the browser tests are skipped, and nothing else.
browser:
	@for name in $(BROWSERS); do command -v $$name >/dev/null && exit 0; done; \
	if [ "$$(id -u)" = 0 ]; then as_root=env; elif sudo -n true 2>/dev/null; then as_root=sudo; else as_root=; fi; \
	if [ -n "$$as_root" ] && command -v apt-get >/dev/null; then \
		$$as_root apt-get update -q && $$as_root env DEBIAN_FRONTEND=noninteractive \
			apt-get install -q -y --no-install-recommends $(BROWSER_PACKAGES) && exit 0; \
	fi; \
	echo "No Chromium was found, so the browser tests will be skipped. To run them, install Chromium or Chrome" \
		"(on Debian: apt-get install $(BROWSER_PACKAGES))."
