# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The two rule chains as tables: one row, one situation, the words of the answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from ansible_collections.certops.certum.plugins.module_utils._lifecycle.decision import (
    Desired,
    KnownVersion,
    OnDisk,
    Question,
    why_activate,
    why_issue,
)
from ansible_collections.certops.certum.plugins.module_utils._lifecycle.due_date import RenewalWindow
from ansible_collections.certops.certum.plugins.module_utils._lifecycle.verified_services import VerifiedService

ISSUED = datetime(2026, 11, 1, tzinfo=timezone.utc)
NAMES = frozenset({"shop.example.com", "www.shop.example.com"})

DESIRED = Desired(
    name="shop", names=NAMES, product_code="601", key="ec 256", window=RenewalWindow(remaining_days=60), deployed=True
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
)
VERIFIED = OnDisk(newest=VERSION, current="0A", verified="0A")


def disk(**changes: object) -> OnDisk:
    """Return a deployed certificate with these facts changed; facts of the version by their own names."""
    of_version = {key: value for key, value in changes.items() if hasattr(VERSION, key)}
    of_disk = {key: value for key, value in changes.items() if key not in of_version}
    return replace(VERIFIED, **{"newest": replace(VERSION, **of_version), **of_disk})


@pytest.mark.parametrize(
    ("on_disk", "desired", "day", "reason"),
    [
        pytest.param(VERIFIED, {}, 10, None, id="current"),
        pytest.param(OnDisk(), {}, 0, "there is no certificate yet", id="nothing there"),
        pytest.param(
            OnDisk(problem="cert.pem is empty"), {}, 0, "no usable certificate: cert.pem is empty", id="unreadable"
        ),
        pytest.param(
            OnDisk(problem="the key does not belong to it"),
            {},
            0,
            "the key does not belong to it",
            id="mismatched pair",
        ),
        pytest.param(disk(revoked="on 2026-11-20"), {}, 0, "certificate 0A was revoked on 2026-11-20", id="revoked"),
        pytest.param(
            disk(revoked="on 2026-11-20", staged_key="bb", staged_order="shop-1", staged_order_placed=True),
            {},
            0,
            "order shop-1 is pending",
            id="revoked, and its successor is pending",
        ),
        pytest.param(VERIFIED, {"names": NAMES | {"new.example.com"}}, 0, "adds new.example.com", id="name added"),
        pytest.param(
            VERIFIED, {"names": frozenset({"shop.example.com"})}, 0, "drops www.shop.example.com", id="name dropped"
        ),
        pytest.param(
            disk(ordered_names=frozenset({"shop.example.com"})),
            {"names": frozenset({"shop.example.com"})},
            0,
            None,
            id="a name that the CA added is no change",
        ),
        pytest.param(
            disk(ordered_names=None, product_code=None, key=None),
            {"names": frozenset({"shop.example.com"}), "product_code": "741", "key": "rsa 2048"},
            0,
            None,
            id="unknown facts of an adopted certificate are no change",
        ),
        pytest.param(VERIFIED, {"product_code": "741"}, 0, "product 741 is declared", id="product"),
        pytest.param(VERIFIED, {"key": "rsa 2048"}, 0, "key rsa 2048 is declared", id="key type"),
        pytest.param(
            disk(staged_key="bb", staged_order="shop-1", staged_order_placed=True),
            {},
            0,
            "order shop-1 is pending",
            id="order pending",
        ),
        pytest.param(
            disk(staged_key="bb", staged_order="shop-1"),
            {},
            0,
            "shop-1 may have been sent",
            id="outcome of order unknown",
        ),
        pytest.param(disk(staged_key="bb"), {}, 0, None, id="a key for the next time"),
        pytest.param(
            disk(staged_key=VERSION.public_key_sha256, staged_order="shop-1"), {}, 0, None, id="staging left over"
        ),
        pytest.param(
            disk(environment="test"),
            {"environment": "production"},
            0,
            "the CA's test system",
            id="from the test system",
        ),
        pytest.param(disk(environment="test"), {}, 0, None, id="from the test system, nothing declared"),
        pytest.param(
            disk(common_name="www.shop.example.com"),
            {"common_name": "shop.example.com"},
            0,
            "makes shop.example.com the common name, which was www.shop.example.com",
            id="another common name",
        ),
        pytest.param(
            disk(drifted=("0A/privkey.pem (mode 0644, declared 0600)",)), {}, 0, None, id="mode or owner drifted"
        ),
        pytest.param(
            VERIFIED,
            {"key": None},
            0,
            "key.location is elsewhere, and the ec 256 key of the certificate is on this host",
            id="a key on disk is forbidden",
        ),
        pytest.param(disk(key=None), {"key": None}, 0, None, id="its key is kept elsewhere, as declared"),
        pytest.param(disk(key=None), {}, 0, None, id="its key is kept elsewhere, which is allowed"),
        pytest.param(VERIFIED, {"replace": True}, 0, "a replacement was requested", id="requested"),
        pytest.param(VERIFIED, {}, 138, None, id="the day before the window"),
        pytest.param(VERIFIED, {}, 139, "expires on 2027-05-19, in 60 days, and is due", id="first day of the window"),
        pytest.param(VERIFIED, {}, 199, "expired on 2027-05-19", id="expired"),
        pytest.param(
            disk(current=None, verified=None),
            {},
            0,
            None,
            id="a certificate that was rolled back is never ordered again",
        ),
    ],
)
def test_reason_to_issue_is_decided(on_disk: OnDisk, desired: dict[str, object], day: int, reason: str | None) -> None:
    question = Question(desired=replace(DESIRED, **desired), on_disk=on_disk, now=ISSUED + timedelta(days=day))
    answer = why_issue(question)
    assert (answer is None) if reason is None else (reason in str(answer))


@pytest.mark.parametrize(
    ("on_disk", "desired", "day", "code"),
    [
        (OnDisk(), {}, 0, "not_on_disk"),
        (OnDisk(problem="cert.pem is empty"), {}, 0, "not_usable"),
        (disk(revoked="on 2026-11-20"), {}, 0, "revoked"),
        (disk(staged_key="bb", staged_order="shop-1"), {}, 0, "pending_order"),
        (VERIFIED, {"names": NAMES | {"new.example.com"}}, 0, "names_differ"),
        (VERIFIED, {"key": "rsa 4096"}, 0, "key_differs"),
        (VERIFIED, {"key": None}, 0, "key_differs"),
        (VERIFIED, {"replace": True}, 0, "replace_requested"),
        (VERIFIED, {}, 1000, "expired"),
    ],
)
def test_reason_has_a_code(on_disk: OnDisk, desired: dict[str, object], day: int, code: str) -> None:
    answer = why_issue(Question(replace(DESIRED, **desired), on_disk, ISSUED + timedelta(days=day)))
    assert answer is not None
    assert answer.code.value == code


@pytest.mark.parametrize(
    ("on_disk", "desired", "reason"),
    [
        pytest.param(VERIFIED, {}, None, id="installed and verified"),
        pytest.param(OnDisk(), {}, None, id="nothing there"),
        pytest.param(disk(current=None), {}, "not in use", id="never switched"),
        pytest.param(disk(current="09"), {}, "not in use", id="rolled back"),
        pytest.param(disk(verified="09"), {}, "not verified yet", id="run died during deployment"),
        pytest.param(disk(verified=None), {"deployed": False}, None, id="no service declared"),
        pytest.param(disk(staged_key=VERSION.public_key_sha256), {}, "its staged files remain", id="staging left over"),
        pytest.param(disk(staged_key="bb"), {}, None, id="order pending"),
        pytest.param(
            disk(drifted=("0A/privkey.pem (mode 0644, declared 0600)",)),
            {},
            "mode or owner not as declared: 0A/privkey.pem (mode 0644, declared 0600)",
            id="anybody may read the key",
        ),
    ],
)
def test_reason_to_activate_is_decided(on_disk: OnDisk, desired: dict[str, object], reason: str | None) -> None:
    answer = why_activate(Question(desired=replace(DESIRED, **desired), on_disk=on_disk, now=ISSUED))
    assert (answer is None) if reason is None else (reason in str(answer))


NGINX = VerifiedService("nginx", "0A", verify=("a:443",), site=("/src", "/dest"), reload_command=("reload",))
DOVECOT = VerifiedService("dovecot", "0A")
IS = "certificate 0A is not deployed as declared yet: "


@pytest.mark.parametrize(
    ("recorded", "declared", "reason"),
    [
        pytest.param([NGINX], [NGINX], None, id="as declared"),
        pytest.param([NGINX], [NGINX, DOVECOT], f"{IS}dovecot is not verified", id="another service"),
        pytest.param([NGINX, DOVECOT], [NGINX], None, id="one service less"),
        pytest.param([replace(NGINX, serial_number="09")], [NGINX], f"{IS}nginx is not verified", id="another version"),
        pytest.param(
            [NGINX],
            [replace(NGINX, verify=("a:443", "b:443", "c:443"))],
            f"{IS}b:443 and c:443 of nginx are not verified",
            id="more addresses",
        ),
        pytest.param([NGINX], [replace(NGINX, verify=())], None, id="no address"),
        pytest.param([NGINX], [replace(NGINX, verify=None)], None, id="an address was verified"),
        pytest.param(
            [replace(NGINX, verify=())],
            [replace(NGINX, verify=None)],
            f"{IS}no address of nginx is verified",
            id="addresses are found",
        ),
        pytest.param(
            [DOVECOT], [replace(DOVECOT, verify=("a:993",))], f"{IS}a:993 of dovecot is not verified", id="first"
        ),
        pytest.param(
            [replace(NGINX, site=None, reload_command=())],
            [NGINX],
            f"{IS}enable_site of nginx is new; reload_command of nginx is new",
            id="another site and command",
        ),
        pytest.param([NGINX], [replace(NGINX, site=None)], None, id="no site"),
        pytest.param([VerifiedService("apache2", "0A")], [VerifiedService("httpd")], None, id="another name of apache"),
        pytest.param([], [], None, id="no service"),
        pytest.param(None, [NGINX, DOVECOT], None, id="store of an older version"),
    ],
)
def test_changed_deploy_is_a_reason_to_activate(
    recorded: list[VerifiedService] | None, declared: list[VerifiedService], reason: str | None
) -> None:
    on_disk = replace(VERIFIED, deployed=None if recorded is None else tuple(recorded))
    answer = why_activate(Question(replace(DESIRED, services=tuple(declared)), on_disk, ISSUED))
    assert (answer and str(answer)) == reason
    assert answer is None or answer.code.value == "deployment_differs"
