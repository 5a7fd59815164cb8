# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A declared certificate, as the modules pass it to each other.

Private to the collection. Pure. ``_module/option_specs.py`` has the argument spec with the same keys. Options that are
not set are left out. The fragment ``_declaration`` documents them. The values of choices are those of ``terms.py``.
"""

from __future__ import annotations

from typing import TypedDict


class DeclaredContact(TypedDict, total=False):
    """The contact person, who is the requestor for the CA."""

    first_name: str
    last_name: str
    email: str
    phone: str


class DeclaredOrganization(TypedDict, total=False):
    """The organization that an OV or EV certificate names."""

    name: str
    tax_identification_number: str
    country: str
    state: str
    locality: str
    street_address: str
    postal_code: str
    registration_number: str
    jurisdiction_country: str
    jurisdiction_state: str
    jurisdiction_locality: str
    business_category: str


class DeclaredKey(TypedDict, total=False):
    """Algorithm, size in bits, and where it is kept."""

    type: str
    size: int
    location: str


class DeclaredValidation(TypedDict, total=False):
    """How the CA validates the domains."""

    method: str
    webroot: str
    http_port: int
    admin_prefix: str


class DeclaredSite(TypedDict):
    """A symbolic link ``dest`` to ``src`` that enables a site."""

    src: str
    dest: str


class _DeclaredService(TypedDict):
    service: str


class DeclaredDeployment(_DeclaredService, total=False):
    """The service that uses the certificate, its commands, and the addresses to verify."""

    enable_site: DeclaredSite
    check_command: list[str]
    reload_command: list[str]
    status_command: list[str]
    stats_socket: str
    verify: list[str]


class DeclaredDefaults(TypedDict, total=False):
    """The options that a declaration and the defaults for all declarations have in common."""

    product: str
    key: DeclaredKey
    validation: DeclaredValidation
    remaining_days: int
    remaining_percentage: float
    customer: str
    contact: DeclaredContact
    organization: DeclaredOrganization
    revocation_contact_email: str
    language: str
    owner: str
    group: str
    mode: str
    formats: list[str]


class _Declared(TypedDict):
    name: str
    state: str


class DeclaredItem(_Declared, DeclaredDefaults, total=False):
    """One declared certificate: an element of the option ``certificates`` of every module of a host."""

    revoke_reason: str
    common_name: str
    subject_alt_name: list[str]
    www: bool
    allow_duplicate: bool
    share: str
    deploy: list[DeclaredDeployment]
