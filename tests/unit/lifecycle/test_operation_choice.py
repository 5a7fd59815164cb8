# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later


"""Chooses the operation that leads to the certificate: one row, one situation (lifecycle.md 8)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from ansible_collections.certops.certum.plugins.module_utils._handover.terms import Operation
from ansible_collections.certops.certum.plugins.module_utils._lifecycle.decision import (
    Desired,
    KnownVersion,
    OnDisk,
    Question,
)
from ansible_collections.certops.certum.plugins.module_utils._lifecycle.due_date import RenewalWindow
from ansible_collections.certops.certum.plugins.module_utils._lifecycle.operation_choice import choose

ISSUED = datetime(2026, 11, 1, tzinfo=timezone.utc)
NAMES = frozenset({"shop.example.com", "www.shop.example.com"})
MORE = NAMES | {"new.example.com"}
ORDER, REISSUE, RENEW = Operation.ORDER, Operation.REISSUE, Operation.RENEW

DESIRED = Desired(
    name="shop",
    names=NAMES,
    product_code="601",
    key="ec 256",
    window=RenewalWindow(remaining_days=60),
    deployed=True,
    common_name="shop.example.com",
)
VERSION = KnownVersion(
    serial_number="0A",
    names=NAMES,
    not_before=ISSUED,
    not_after=ISSUED + timedelta(days=199),
    public_key_sha256="aa" * 32,
    key="ec 256",
    ordered_names=NAMES,
    product_code="601",
    common_name="shop.example.com",
    order_id="shop-1",
    term_end=ISSUED + timedelta(days=365),
    environment="production",
)
MULTI_DOMAIN = {"product_code": "931"}
LAST_OF_TERM = {"term_end": VERSION.not_after}


@pytest.mark.parametrize(
    ("version", "desired", "day", "operation", "why"),
    [
        pytest.param({}, {}, 140, REISSUE, "is free", id="due within the term"),
        pytest.param({"revoked": "on 2026-11-20"}, {}, 5, ORDER, "revoked certificate", id="revoked"),
        pytest.param({}, {"key": "rsa 2048"}, 5, REISSUE, "is free", id="another key type"),
        pytest.param(
            LAST_OF_TERM, {"key": "rsa 2048"}, 5, REISSUE, "is free", id="another key, long before the term end"
        ),
        pytest.param(LAST_OF_TERM, {}, 140, RENEW, "ends about 2027-05-19", id="due at the term end"),
        pytest.param(LAST_OF_TERM, {"key": "rsa 2048"}, 140, RENEW, "ends about", id="another key at the term end"),
        pytest.param({"term_end": None}, {}, 140, REISSUE, "is free", id="an unknown term"),
        pytest.param(
            {**LAST_OF_TERM, "product_code": "555"},
            {"product_code": "555"},
            140,
            ORDER,
            "renewal code of product 555 is not known",
            id="unknown",
        ),
        pytest.param({}, {}, 199, ORDER, "expired", id="expired"),
        pytest.param({"order_id": None}, {}, 140, ORDER, "order of the former certificate is not known", id="by hand"),
        pytest.param({}, MULTI_DOMAIN, 5, ORDER, "another product", id="another product"),
        pytest.param({}, {"names": MORE}, 5, ORDER, "accepts no more names", id="a name more than the product takes"),
        pytest.param(
            MULTI_DOMAIN, {**MULTI_DOMAIN, "names": MORE}, 5, REISSUE, "adds names", id="a name more, multi-domain"
        ),
        pytest.param(
            {**MULTI_DOMAIN, **LAST_OF_TERM},
            {**MULTI_DOMAIN, "names": MORE},
            140,
            REISSUE,
            "adds names",
            id="a name more at the term end: the renewal follows",
        ),
        pytest.param({}, {"names": frozenset({"shop.example.com"})}, 5, ORDER, "cannot remove names", id="a name less"),
        pytest.param(
            {},
            {"common_name": "www.shop.example.com"},
            5,
            ORDER,
            "cannot change the common name",
            id="another common name",
        ),
        pytest.param(
            {"environment": "test"}, {"environment": "production"}, 5, ORDER, "production system", id="from a test"
        ),
        pytest.param({}, {"environment": "production"}, 140, REISSUE, "is free", id="from the declared system"),
    ],
)
def test_operation_is_chosen(
    version: dict[str, object], desired: dict[str, object], day: int, operation: Operation, why: str
) -> None:
    on_disk = OnDisk(newest=replace(VERSION, **version))
    choice = choose(Question(replace(DESIRED, **desired), on_disk, ISSUED + timedelta(days=day)))
    assert choice.operation is operation
    assert why in choice.why.text


def test_certificate_without_a_predecessor_is_ordered() -> None:
    assert choose(Question(DESIRED, OnDisk(problem="the key is lost"), ISSUED)).operation is ORDER
