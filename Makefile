# A target's words after '##' are what `make` says about it.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SHELLFLAGS := -euc
MAKEFLAGS += --no-print-directory

PORT ?= 8000
VENV := .venv
PY := $(VENV)/bin/python
UV := $(VENV)/bin/uv
# Locks carry versions and hashes only; where packages come from is the business of the machine that installs them.
LOCK = $(UV) pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links \
	--custom-compile-command 'make lock'
INSTALL = $(UV) pip install --quiet --compile-bytecode --python $(PY) --require-hashes
TOOL_TESTS := tests/node tests/browser tests/container

.PHONY: help
help: ## List the targets
	@sed -nE 's/^([a-z-]+):.*## (.*)/\1\t\2/p' $(MAKEFILE_LIST) | while IFS="$$(printf '\t')" read -r name words; do \
	  printf '  %-10s %s\n' "$$name" "$$words"; done

.PHONY: serve
serve: $(VENV)/runtime ## Install, load the article and serve it on http://127.0.0.1:8000 (PORT=8123 for another port)
	@$(PY) -c 'import socket; socket.create_server(("127.0.0.1", int("$(PORT)")))' 2>/dev/null || { \
	  echo "Port $(PORT) of 127.0.0.1 is taken or cannot be used; choose another: make serve PORT=…" >&2; exit 1; }
	@$(PY) -m api migrate
	@$(PY) -m api load seed/karabakh
	@exec $(PY) -m api serve --host 127.0.0.1 --port $(PORT)

QUICK := openapi lists queries problems search_words search_highlights declaration rooms

.PHONY: quick
quick: $(VENV)/test ## Run the contract, lists, problems and search on SQLite, in under a minute
	@$(PY) -m pytest -q -x -k "not (postgresql or no_string_is_an_error)" $(QUICK:%=tests/test_%.py) $(ARGS)

.PHONY: test
test: $(VENV)/test ## Run the tests that need nothing but Python
	@$(PY) -m pytest $(TOOL_TESTS:%=--ignore=%) $(ARGS)
	@echo "Left out: $(TOOL_TESTS) (they need node, Java, a browser, container tools): 'make test-all' runs those."

.PHONY: test-all
test-all: $(VENV)/dev ## Run the tests that need node, Java, chromium and container tools
	@missing=; for tool in node npm java chromium buildah podman runc debootstrap docker-compose iptables netavark aardvark-dns \
	  curl faketime haproxy nginx openssl prometheus promtool systemd-analyze unshare; do \
	  PATH="$$PATH:/usr/sbin:/sbin:/usr/lib/podman" command -v $$tool >/dev/null || missing="$$missing $$tool"; done; \
	[ -z "$$missing" ] || { echo "make test-all needs what is not installed here:$$missing" >&2; exit 1; }
	@$(PY) -m pytest $(TOOL_TESTS) $(ARGS)

.PHONY: check
check: $(VENV)/dev ## Formatting, lint, types, import contract, Dockerfile, locks, openapi.json
	@$(PY) -m ruff format --check .
	@$(PY) -m ruff check .
	@$(PY) -m mypy
	@$(VENV)/bin/lint-imports
	@$(VENV)/bin/hadolint Dockerfile
	@$(MAKE) check-locks
	@$(MAKE) check-openapi

.PHONY: format
format: $(VENV)/dev ## Write the formatting that check asks for
	@$(PY) -m ruff format .
	@$(PY) -m ruff check --fix-only .

.PHONY: fuzz
fuzz: $(VENV)/dev ## The long Schemathesis run, 20,000 cases at least
	@$(PY) -m tests.fuzz $(ARGS)

.PHONY: mutants
mutants: $(VENV)/test ## Change one token of api/ at a time and see whether a test fails (ARGS="--number 300 --seed 1")
	@$(PY) -m tests.mutants $(ARGS)

.PHONY: migration
migration: $(VENV)/runtime ## Write the next migration from the tables (NAME="Gloss of claims")
	@mkdir -p build && rm -f build/migration.db
	@SIC_DATABASE_URL=sqlite:///build/migration.db $(PY) -m api migrate
	@SIC_DATABASE_URL=sqlite:///build/migration.db $(PY) -m alembic revision --autogenerate -m "$(NAME)"

.PHONY: bench
bench: $(VENV)/dev build/peers/installed ## Measure beside the peers (needs wrk)
	@command -v wrk >/dev/null || { echo "make bench needs wrk, which is not installed here" >&2; exit 1; }
	@$(PY) -m tests.benchmarks --plot docs/cost.svg $(ARGS)

.PHONY: pictures
pictures: $(VENV)/dev ## Write a picture of every view to build/pictures, and the README's to docs/pictures (needs chromium)
	@command -v chromium >/dev/null || { echo "make pictures needs chromium, which is not installed here" >&2; exit 1; }
	@$(PY) -m tests.browser.pictures build/pictures $(ARGS)

.PHONY: openapi
openapi: $(VENV)/test ## Write openapi.json from the code
	@$(PY) -m tests.contract > openapi.json.new
	@mv openapi.json.new openapi.json

# The breaking-change check compares openapi.json with tests/openapi.released.json, the copy of the last release.
.PHONY: check-openapi
check-openapi: $(VENV)/dev
	@mkdir -p build
	@$(PY) -m tests.contract > build/openapi.json
	@cmp build/openapi.json openapi.json || { echo "openapi.json is not what the code says: make openapi" >&2; exit 1; }
	@$(PY) -m tests.compatibility tests/openapi.released.json openapi.json

.PHONY: lock
lock: $(VENV)/bootstrap ## Write the requirements files from pyproject.toml (ARGS=--upgrade for newer versions)
	@$(LOCK) $(ARGS) --group bootstrap -o requirements/uv.txt
	@$(LOCK) $(ARGS) pyproject.toml -o requirements/runtime.txt
	@$(LOCK) $(ARGS) pyproject.toml --group test -c requirements/runtime.txt -o requirements/test.txt
	@$(LOCK) $(ARGS) pyproject.toml --group dev -c requirements/test.txt -o requirements/dev.txt
	@$(LOCK) $(ARGS) --group bench -c requirements/runtime.txt -o requirements/bench.txt

.PHONY: check-locks
check-locks: $(VENV)/bootstrap
	@rm -rf build/locks && mkdir -p build/locks && cp -r pyproject.toml Makefile requirements build/locks/
	@ln -s "$(CURDIR)/$(VENV)" build/locks/$(VENV)
	@$(MAKE) -C build/locks lock
	@for file in requirements/*.txt; do cmp $$file build/locks/$$file || { \
	  echo "$$file does not follow from pyproject.toml: make lock" >&2; exit 1; }; done

.PHONY: sbom
sbom: $(VENV)/dev ## Write build/sbom.cdx.json, the CycloneDX bill of what serves
	@mkdir -p build
	@$(UV) venv --quiet --clear --python $(PY) build/runtime
	@$(UV) pip install --quiet --python build/runtime/bin/python --require-hashes -r requirements/runtime.txt
	@$(VENV)/bin/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible -o build/sbom.cdx.json build/runtime/bin/python
	@echo "build/sbom.cdx.json"

.PHONY: audit
audit: $(VENV)/dev ## Look for known vulnerabilities; fails when it could not look
	@$(VENV)/bin/pip-audit --strict --require-hashes --disable-pip -r requirements/runtime.txt
	@cd tests/node && npm audit

.PHONY: clean
clean: ## Remove what the other targets made
	rm -rf $(VENV) build var tests/node/node_modules .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache

# An environment whose interpreter is gone is made anew.
ifeq ($(shell $(PY) -c 'print(1)' 2>/dev/null),)
.PHONY: $(VENV)/bootstrap
endif

$(VENV)/bootstrap: requirements/uv.txt
	@python=; for candidate in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11; do \
	  if $$candidate -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then python=$$candidate; break; fi; done; \
	[ -n "$$python" ] || { echo "sic needs Python 3.11 or newer; $$(python3 --version 2>/dev/null || echo no python3) was found." \
	  "Install one, or name it: make PYTHON=/path/to/python3.13" >&2; exit 1; }; \
	$(PY) -c '' 2>/dev/null || $$python -m venv --clear $(VENV) || { \
	  echo "$$python cannot make a virtual environment (on Debian: apt-get install python3-venv)" >&2; exit 1; }
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@touch $@

$(VENV)/runtime: requirements/runtime.txt $(VENV)/bootstrap
	@$(INSTALL) -r requirements/runtime.txt
	@touch $@

$(VENV)/test: requirements/test.txt $(VENV)/bootstrap
	@$(INSTALL) -r requirements/test.txt
	@touch $@

# The peers that `make bench` measures beside, in an environment of their own.
build/peers/installed: requirements/bench.txt $(VENV)/bootstrap
	@$(UV) venv --quiet --clear --python $(PY) build/peers
	@$(UV) pip install --quiet --compile-bytecode --python build/peers/bin/python --require-hashes -r requirements/bench.txt
	@touch $@

$(VENV)/dev: requirements/dev.txt $(VENV)/bootstrap
	@$(INSTALL) -r requirements/dev.txt
	@touch $@
