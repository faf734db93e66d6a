# The commands of the README. Every set-up step leaves a stamp, so that a second call costs nothing.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help demo dev test check check-python check-frontend bench build wire types unit web browser laws clean

PY := .venv/bin/python
UV_VERSION := 0.13.9
# More at a time than there are cores: half of the stories wait, for a lease, a time-out or a server.
JOBS ?= 4
AT_ONCE = -n $(JOBS) --dist worksteal
SEEDS ?= 200
SOURCES := $(shell find frontend/src frontend/public -type f 2>/dev/null) frontend/index.html frontend/vite.config.ts

# Postfix runs as root only, and nothing else does.
AS_ROOT := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
WIRE := $(wildcard webmail/wire/*.py) sync/feed.py $(wildcard webmail/api/*.py)

help: ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: .venv/.synced frontend/dist/build.json ## the whole product with a living mailbox; PORT=8000 LIVELY=1 FRESH=0
	@PORT="$(PORT)" LIVELY="$(LIVELY)" FRESH="$(FRESH)" $(PY) -m deploy.demo

dev: .venv/.synced frontend/node_modules/.installed ## the same, reloading on every change
	@DEV=1 PORT="$(PORT)" LIVELY="$(LIVELY)" FRESH="$(FRESH)" $(PY) -m deploy.demo

test: .venv/.synced .venv/.tests-ready frontend/dist/build.json ## everything, on SQLite and PostgreSQL, in a real Chromium
	@$(MAKE) --no-print-directory check
	cd frontend && npm run --silent size
	@$(MAKE) --no-print-directory web
	@$(MAKE) --no-print-directory browser

check: .venv/.synced frontend/node_modules/.installed ## format, lint, types, import contracts, unit tests (under a minute)
	@$(MAKE) --no-print-directory -j2 --output-sync=target check-python check-frontend

check-python:
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/lint-imports
	.venv/bin/mypy
	@$(MAKE) --no-print-directory unit

check-frontend:
	@$(MAKE) --no-print-directory wire
	cd frontend && npm run --silent check && npm run --silent test

unit: .venv/.synced .venv/.tests-ready
	$(PY) -m pytest tests/unit -q -n 2

web: .venv/.synced .venv/.tests-ready
	$(PY) -m pytest tests/web tests/imap tests/laws -q $(AT_ONCE)
	$(AS_ROOT) env PYTHONDONTWRITEBYTECODE=1 $(PY) -m pytest tests/smtp -q $(AT_ONCE) -p no:cacheprovider
	$(PY) -m deploy.embedded.postgres $(PY) -m pytest tests/web tests/imap tests/laws -q $(AT_ONCE)

browser: .venv/.synced .venv/.tests-ready frontend/dist/build.json
	$(PY) -m pytest tests/browser -q $(AT_ONCE) --ignore tests/browser/sending
	$(AS_ROOT) env PYTHONDONTWRITEBYTECODE=1 $(PY) -m pytest tests/browser/sending -q $(AT_ONCE) -p no:cacheprovider

laws: .venv/.synced .venv/.tests-ready frontend/dist/build.json ## the seeded stories, 200 times each; SEEDS=1000 for more
	SEEDS=$(SEEDS) $(PY) -m pytest tests/imap/sync/test_sending_faults.py tests/browser/test_flapping.py -q $(AT_ONCE)
	$(AS_ROOT) env PYTHONDONTWRITEBYTECODE=1 SEEDS=$(SEEDS) $(PY) -m pytest tests/smtp/test_exactly_once.py tests/smtp/test_send_faults.py -q $(AT_ONCE) -p no:cacheprovider

bench: .venv/.synced .venv/.tests-ready frontend/dist/build.json ## every figure; NAME=push for one
	@$(PY) -m bench $(NAME)

wire: .venv/.synced frontend/node_modules/.installed
	@DJANGO_SETTINGS_MODULE=tests.settings $(PY) -m webmail.openapi | diff -q - frontend/src/mail/openapi.json >/dev/null \
		&& (cd frontend && npm run --silent types:check) || { echo "The API changed: run 'make types'."; exit 1; }

types: .venv/.synced frontend/node_modules/.installed ## the wire's types, from the server's own description
	DJANGO_SETTINGS_MODULE=tests.settings $(PY) -m webmail.openapi > frontend/src/mail/openapi.json
	cd frontend && npm run --silent types

build: frontend/dist/build.json ## the front end

clean: ## what was built; a demo mailbox stays in .demo
	rm -rf .venv frontend/node_modules frontend/dist

.venv/.synced: pyproject.toml uv.lock
	@deploy/check_machine.sh
	@[ -x $(PY) ] || python3 -m venv .venv
	@echo "Installing the Python packages …"
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@.venv/bin/uv sync --quiet --frozen --all-groups
	@touch $@

.venv/.tests-ready: deploy/test_setup.sh | .venv/.synced
	@deploy/test_setup.sh
	@touch $@

frontend/node_modules/.installed: frontend/package.json frontend/package-lock.json frontend/.npmrc
	@echo "Installing the front end's packages …"
	@cd frontend && npm ci --silent
	@touch $@

# Compressed once here, not at every request. A build from types that are not the server's fails.
frontend/dist/build.json: .venv/.synced frontend/node_modules/.installed $(SOURCES) $(WIRE)
	@$(MAKE) --no-print-directory wire
	@echo "Building the front end …"
	@cd frontend && npm run --silent build -- --logLevel error
	@$(PY) -m whitenoise.compress -q frontend/dist
