# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

SHELL := /bin/bash
.DELETE_ON_ERROR:

collections := build/collections
collection := $(collections)/ansible_collections/certops/certum

# A test waits for servers about a third of its time, so there is room for more of them than cores.
workers := $(shell echo $$(( $$(nproc) * 3 / 2 )))

export PATH := $(CURDIR)/.venv/bin:$(PATH)
export ANSIBLE_COLLECTIONS_PATH := $(CURDIR)/$(collections)
export MYPYPATH := $(collections):sandbox/src

.PHONY: help
help:  ## say what there is
	@sed -nE 's/^([a-z-]+):.*## */\1\t/p' $(MAKEFILE_LIST) | expand -t 18

# --- where everything happens -----------------------------------------------------------------------------------------

.venv/bin/python:
	tools/make-venv .venv

.venv/.installed: requirements.txt meta/ee-requirements.txt sandbox/pyproject.toml | .venv/bin/python
	pip install -q -r requirements.txt
	@touch $@

.venv/.installed-dev: .venv/.installed requirements-dev.txt
	pip install -q -r requirements-dev.txt
	@touch $@

# Ansible finds a collection by its path, so a checkout of any name gets a link at the right one.
$(collection):
	@mkdir -p $(@D) && ln -sfn $(CURDIR) $@

.PHONY: run dev nginx php
run: .venv/.installed $(collection)
dev: .venv/.installed-dev $(collection)  ## install everything a contributor needs
nginx:
	@tools/need-debian nginx-light openssl
php:
	@tools/need-debian php-cli php-soap || echo "Without PHP the tests with its SoapClient are skipped"

# --- to look at -------------------------------------------------------------------------------------------------------

.PHONY: quickstart quickstart-stop docs bench
quickstart: run nginx  ## a declared certificate, ordered, proved, served by nginx; KEEP=1 leaves it running
	python tools/quickstart.py

quickstart-stop: run  ## end what KEEP=1 left running
	python tools/quickstart.py stop

docs: dev  ## the documentation site in build/docs
	tools/make-docs build/docs

bench: dev  ## ours against ping and against community.crypto with Pebble; writes build/benchmark.json
	@tools/need-debian pebble
	python -m tests.benchmark

# --- checks -----------------------------------------------------------------------------------------------------------

.PHONY: test lint words types docs-check nox sanity unit conformance chaos-some integration chaos chaos-quarter
test: dev  ## every check that needs no real hosts
	$(MAKE) --no-print-directory --jobs=2 --output-sync=target lint types docs-check sanity nox
	$(MAKE) --no-print-directory unit conformance chaos-some integration

lint: dev words  ## style of Python, YAML and Ansible content, licences, changelog fragments
	ruff check
	ruff format --check
	yamllint --strict .
	ansible-lint -q --nocolor
	reuse lint --quiet || reuse lint
	antsibull-changelog lint

words: dev  ## no old word where the project has a standard term
	python tools/words.py

types: dev  ## mypy, strict
	mypy $(collection)/plugins sandbox/src tools tests/support tests/benchmark $(collection)/tests/chaos

docs-check: dev  ## the documentation of every module and role
	antsibull-docs lint-collection-docs --plugin-docs --validate-collection-refs dependent --disallow-unknown-collection-refs \
	  --check-extra-docs-refs $(collection)

nox: dev  ## the sessions of antsibull-nox, as the workflow runs them
	nox --reuse-existing-virtualenvs

sanity: dev  ## ansible-test sanity, without ignore files
	tools/sanity --color no

unit: dev  ## decisions, messages, files
	pytest -n auto tests/unit

conformance: dev php  ## certum-sandbox by foreign clients, our client by certum-sandbox
	pytest -n auto tests/conformance

integration: dev nginx  ## ansible-playbook against certum-sandbox
	pytest -n $(workers) --dist worksteal tests/integration

chaos-some: dev nginx  ## some points of each operation break, and any history of a certificate; at most 3 minutes
	pytest -n $(workers) --dist worksteal tests/chaos

chaos: dev nginx  ## every operation breaks at every call, on the network and on the disk; SHARE=2/4 is a quarter of it
	PYTHONPATH=$(collections) python -m ansible_collections.certops.certum.tests.chaos $(SHARE)

chaos-quarter:  ## the quarter of chaos that the commit chooses
	$(MAKE) --no-print-directory chaos SHARE=$$((16#$$(git rev-parse HEAD | cut -c -7) % 4 + 1))/4

.PHONY: audit
audit: dev  ## whether anything is known against the installed packages; skipped where that cannot be asked
	python tools/audit.py

# --- to publish -------------------------------------------------------------------------------------------------------

.PHONY: build clean
build: run  ## the collection's tarball in build/
	ansible-galaxy collection build --force --output-path build

clean:  ## forget everything made here
	rm -rf build .venv .nox .mypy_cache .ruff_cache .pytest_cache .hypothesis
