# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The requests of a rehearsal, one name for each form of a request that it compares with another one.

Private to the collection. Pure.
"""

from __future__ import annotations

from .._handover.terms import Term


class Probe(Term):
    """The requests. ``PROBES_WITH_PERMISSION`` are those that need the operator's permission."""

    # getProductList
    PRODUCTS = "the products"
    PRODUCTS_USUAL_ACTION = "the products, with the usual SOAPAction"
    PRODUCTS_EMPTY_ACTION = "the products, with an empty SOAPAction"
    PRODUCTS_OTHER_ACTION = "the products, with another SOAPAction"
    PRODUCTS_BLANK = "the products, with a blank element"
    PRODUCTS_NIL = "the products, with a nil element"
    PRODUCTS_TYPED = "the products, with a typed element"
    PRODUCTS_COMPRESSED = "the products, compressed"
    PRODUCTS_OTHER_USER = "the products, with another user name"

    # reading of orders and certificates
    UNKNOWN_ORDER = "an unknown order"
    UNKNOWN_ORDER_REORDERED = "an unknown order, with elements in another order"
    UNKNOWN_ORDER_CHARSET = "an unknown order, in another charset"
    NO_ORDERS = "the orders of a day in 1990"
    RECENT_ORDERS = "the orders of the last day"
    RECENT_ORDERS_PLAIN_DATE = "the orders of the last day, with a plain date"
    WRONG_DATES = "the orders between two unreadable dates"
    SURVEY = "the orders of the account"
    SURVEY_PAGE_2 = "the second page of the orders of the account"
    ORDERS_UNTIL_ORDER = "the orders until the date of an order"
    CERTIFICATE = "a certificate of the account"
    CERTIFICATE_OF_REISSUED = "the certificate of a reissued order"
    STATE_OF_ISSUED = "the state of an issued order"
    NAMES_OF_ISSUED = "the names of an issued order"

    # validateOrderParameters
    CHECK = "the check of an order"
    CHECK_LOWER_CASE = "the check of an order, with joisocn"
    CHECK_MIXED_CASE = "the check of an order, with joISoCN"
    CHECK_LATE_END = "the check of an order, with a late end"
    CHECK_BASIC_DATE = "the check of an order, with a date without hyphens"
    CHECK_EMAIL_METHOD = "the check of an order, with the method EMAIL"
    CHECK_ORGANIZATION_NAME = "the check of an order, with organizationName"
    CHECK_NO_REQUESTOR = "the check of an order, without requestorInfo"
    CHECK_NO_PHONE = "the check of an order, without phone"
    CHECK_BARE_CSR = "the check of an order, with a CSR in bare base64"
    CHECK_DOTS = "the check of an order, with dots in its ids"
    CHECK_WILDCARD = "the check of a wildcard order"
    CHECK_WILDCARD_BASE = "the check of a wildcard order, with the base name"
    CHECK_SEVERAL = "the check of a multi-domain order"
    CHECK_SEVERAL_WILDCARD = "the check of a multi-domain order, with a wildcard"

    # with permission
    PLACE = "the test order"
    PENDING_STATE = "the state of the test order"
    PENDING_NAMES = "the names of the test order"
    PENDING_ENTRY = "the entry of the test order"
    PENDING_CERTIFICATE = "the certificate of the test order"
    ADD_SAME_DATA = "the same validation data again"
    ADD_NO_APPROVER = "a new code without validation data"
    ATTACH = "a document for the test order"
    DOCUMENTS = "the documents of the test order"
    CANCEL = "the cancellation of the test order"
    CANCEL_AGAIN = "the second cancellation of the test order"
    CHECK_USED_KEY = "the check of an order with the key of a cancelled order"
    PLACE_WILDCARD = "the wildcard test order"
    REVOKE_UNSPECIFIED = "the revocation of an unknown certificate, with UNSPECIFIED"
    REVOKE_SUPERSEDED = "the revocation of an unknown certificate, with SUPERSEDED"
    REVOKE_WITHDRAWN = "the revocation of an unknown certificate, with PRIVILEGEWITHDRAWN"
    REVOKE_UNKNOWN_REASON = "the revocation of an unknown certificate, with an unknown reason"
    BUNDLE_BY_SERIAL = "the change of an unknown bundle, named by serial number"
    BUNDLE_BY_BOTH = "the change of an unknown bundle, named twice"


_ALL = list(Probe)
PROBES_WITH_PERMISSION = frozenset(_ALL[_ALL.index(Probe.PLACE) :])
"""Requests that place or change something, or that would if the certificate in them existed."""
