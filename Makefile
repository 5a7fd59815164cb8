# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

SHELL := /bin/bash
.DELETE_ON_ERROR:

collections := build/collections
collection := $(collections)/ansible_collections/certops/certum

# A test waits for servers about a third of its time, so more tests than cores can run at once.
workers := $(shell echo $$(( $$(nproc) * 3 / 2 )))

export PATH := $(CURDIR)/.venv/bin:$(PATH)
export ANSIBLE_COLLECTIONS_PATH := $(CURDIR)/$(collections)
export MYPYPATH := $(collections):sandbox/src

.PHONY: help
help:  ## list all targets
	@sed -nE 's/^([a-z-]+):.*## */\1\t/p' $(MAKEFILE_LIST) | expand -t 18

# --- environment ------------------------------------------------------------------------------------------------------

.venv/bin/python:
	tools/make-venv .venv

.venv/.installed: requirements.txt meta/ee-requirements.txt sandbox/pyproject.toml | .venv/bin/python
	pip install -q -r requirements.txt
	@touch $@

.venv/.installed-dev: .venv/.installed requirements-dev.txt
	pip install -q -r requirements-dev.txt
	@touch $@

# Ansible finds a collection by its path, so the checkout gets a link at that path.
$(collection):
	@mkdir -p $(@D) && ln -sfn $(CURDIR) $@

.PHONY: run dev nginx haproxy php dns java prometheus chromium softhsm host-packages
run: .venv/.installed $(collection)
dev: .venv/.installed-dev $(collection)  ## install everything a contributor needs
nginx:
	@tools/need-debian nginx-light openssl
haproxy:
	@tools/need-debian haproxy || echo "Without HAProxy the tests with it are skipped"
host-packages:
	@tools/need-debian debootstrap debian-archive-keyring systemd-container iproute2 openssh-client
php:
	@tools/need-debian php-cli php-soap || echo "Without PHP the tests with its SoapClient are skipped"
prometheus:
	@tools/need-debian prometheus || echo "Without promtool the tests of alert rules are skipped"
dns:
	@tools/need-debian bind9 bind9-dnsutils pdns-server pdns-backend-sqlite3 \
	  || echo "Without BIND and PowerDNS the tests with real name servers are skipped"
java:
	@tools/need-debian openjdk-17-jre-headless || echo "Without Java the tests with ansible-rulebook are skipped"
chromium:
	@command -v google-chrome >/dev/null || tools/need-debian chromium \
	  || echo "Without Chromium the tests with pages are skipped"
softhsm:
	@tools/need-debian softhsm2 opensc libengine-pkcs11-openssl || echo "Without SoftHSM the test of the HSM guide is skipped"

# --- demonstration ----------------------------------------------------------------------------------------------------

.PHONY: quickstart quickstart-stop docs bench
quickstart: run nginx  ## order, validate and deploy a certificate to nginx; KEEP=1 leaves it running
	python tools/quickstart.py

quickstart-stop: run  ## stop the servers that KEEP=1 left running
	python tools/quickstart.py stop

docs: dev  ## build the documentation site in build/docs
	tools/make-docs build/docs

bench: dev  ## measure against ping and community.crypto with Pebble; PART=noop measures one part; writes build/benchmark.json
	@tools/need-debian pebble
	python -m tests.benchmark $(PART)

# --- checks -----------------------------------------------------------------------------------------------------------

# CI breaks a share of all points after `make test`, so it needs no other points.
breaks := chaos-some

# Share k/n of a suite that takes long. The hash of the commit chooses k; the nightly workflow runs the whole suites.
share = $$((16\#$$(git rev-parse HEAD | cut -c -7) % $(1) + 1))/$(1)

.PHONY: test lint words types docs-check nox sanity unit conformance conformance-share integration integration-share docs-test
test: dev  ## run every check that needs no real hosts, with shares of the slow suites
	$(MAKE) --no-print-directory --jobs=2 --output-sync=target lint types docs-check sanity nox
	$(MAKE) --no-print-directory unit conformance-share $(breaks) integration-share docs-test

lint: dev words  ## check style of Python, YAML and Ansible content, licences, changelog fragments
	ruff check
	ruff format --check
	yamllint --strict .
	ansible-lint -q --nocolor
	reuse lint --quiet || reuse lint
	antsibull-changelog lint

words: dev  ## check that no old word stands where the project has a standard term
	python tools/words.py

types: dev  ## check types with mypy, strict
	mypy $(collection)/plugins $(collection)/extensions/eda sandbox/src tools tests/support tests/benchmark $(collection)/tests/chaos

docs-check: dev  ## check the documentation of every module and role
	antsibull-docs lint-collection-docs --plugin-docs --validate-collection-refs dependent --disallow-unknown-collection-refs \
	  --check-extra-docs-refs $(collection)

nox: dev  ## run the sessions of antsibull-nox, as the workflow does
	nox --reuse-existing-virtualenvs

sanity: dev  ## run ansible-test sanity, without ignore files
	tools/sanity --color no

unit: dev prometheus  ## test decisions, messages and files
	pytest -n auto tests/unit

conformance: dev php  ## test certum-sandbox with foreign clients, and our client with it; SHARE=1/2 is a half
	pytest -n auto tests/conformance $(SHARE:%=--share=%)

conformance-share:  ## run the half of the conformance tests that the commit chooses
	$(MAKE) --no-print-directory conformance SHARE=$(call share,2)

integration: dev nginx haproxy dns java chromium softhsm  ## test ansible-playbook with certum-sandbox, and services; SHARE=1/4 is a quarter
	pytest -n $(workers) --dist worksteal tests/integration $(SHARE:%=--share=%)

integration-share:  ## run the quarter of the integration tests that the commit chooses
	$(MAKE) --no-print-directory integration SHARE=$(call share,4)

docs-test: dev chromium  ## build the documentation site and look at every page in a browser
	pytest tests/site

.PHONY: hosts hosts-share
hosts: dev host-packages  ## test on real Debian hosts; needs root; SCENARIO=web plays one scenario
	python -m tools.hosts run $(SCENARIO) $(SHARE:%=--share=%)

hosts-share:  ## play the scenario that the commit chooses
	$(MAKE) --no-print-directory hosts SHARE=$(call share,9)

.PHONY: chaos chaos-share chaos-some chaos-histories
chaos-some: dev nginx haproxy dns  ## break some points of each operation, replay random histories; at most 4 minutes
	pytest -n $(workers) --dist worksteal tests/chaos

chaos-histories: dev nginx haproxy dns  ## replay random histories, and test chaos itself
	pytest -n $(workers) --dist worksteal tests/chaos --ignore tests/chaos/test_some_points.py

chaos: dev nginx haproxy dns  ## break every operation at every call, to servers and to the disk; SHARE=2/4 is a quarter
	PYTHONPATH=$(collections) python -m ansible_collections.certops.certum.tests.chaos $(SHARE)

chaos-share:  ## run the quarter of chaos that the commit chooses
	$(MAKE) --no-print-directory chaos SHARE=$(call share,4)

.PHONY: audit
audit: dev  ## look for known vulnerabilities of the installed packages; skipped if PyPI does not answer
	python tools/audit.py

# --- release ----------------------------------------------------------------------------------------------------------

version = $(shell sed -n 's/^version: //p' galaxy.yml)

.PHONY: build release release-prepare kept-store clean
build: run  ## build the tarball of the collection in build/
	ansible-galaxy collection build --force --output-path build

release-prepare: dev  ## write the changelog of the version in galaxy.yml and remove its fragments; can be repeated
	antsibull-changelog release --update-existing --reload-plugins

release: dev  ## build and check in build/release what a release publishes; VERSION=1.0.0 refuses any other version
	python tools/release.py $(VERSION)

kept-store: dev nginx  ## keep the store that this version writes, for the tests of later versions
	CERTUM_KEEP_STORE=$(CURDIR)/tests/integration/data/store-$(version).tar.xz \
	  pytest -q tests/integration/test_old_stores.py -k can_be_kept

clean:  ## remove everything that these targets have made
	rm -rf build .venv .nox .mypy_cache .ruff_cache .pytest_cache .hypothesis changelogs/.plugin-cache.yaml
