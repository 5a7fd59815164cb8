# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

SHELL := /bin/bash
.DELETE_ON_ERROR:

bin := .venv/bin
collections := build/collections
collection := $(collections)/ansible_collections/certops/certum

export ANSIBLE_COLLECTIONS_PATH := $(CURDIR)/$(collections)
export MYPYPATH := $(collections):sandbox/src
export PATH := $(CURDIR)/$(bin):$(PATH)

.PHONY: help
help:  ## say what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## */\1\t/' | expand -t 16

# --- where everything happens -----------------------------------------------------------------------------------------

.venv/bin/python:
	tools/make-venv .venv

.venv/.installed: requirements.txt meta/ee-requirements.txt sandbox/pyproject.toml | .venv/bin/python
	$(bin)/pip install -q -r requirements.txt
	@touch $@

.venv/.installed-dev: .venv/.installed requirements-dev.txt
	$(bin)/pip install -q -r requirements-dev.txt
	@touch $@

# Ansible finds a collection by its path, so a checkout of any name gets a link at the right one.
$(collection):
	@mkdir -p $(@D) && ln -sfn $(CURDIR) $@

.PHONY: dev
dev: .venv/.installed-dev $(collection)  ## install everything a contributor needs

# --- checks -----------------------------------------------------------------------------------------------------------

.PHONY: test lint types unit
lint: dev  ## formatting and style of Python, YAML and Ansible content
	ruff check
	ruff format --check
	yamllint --strict .
	ansible-lint -q --nocolor

types: dev  ## mypy --strict
	mypy $(collection)/plugins $(wildcard sandbox/src)

unit: dev  ## decisions, messages, files: no network beyond loopback
	pytest -n auto tests/unit

.PHONY: clean
clean:  ## forget everything made here
	rm -rf build .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis
