# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One line for each certificate of a run."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.certops.certum.plugins.module_utils._module.run_summary import service_notes, summary_lines

PLACED = {"name": "shop", "reason": {"code": "installed", "text": "certificate 0A was installed"}}
DATED = {**PLACED, "not_after": "2027-05-19T00:00:00+00:00", "next_due": "2027-03-20T00:00:00+00:00", "ordered": None}
NONE = {
    "name": "shop",
    "reason": {"code": "not_issued_yet", "text": "its certificate is not issued yet"},
    "not_after": None,
    "next_due": None,
    "ordered": "2026-11-28T10:00:00+00:00",
}
VALID = "certificate 0A was installed; valid until 2027-05-19; next due on 2027-03-20"


def asked(**deploy: Any) -> dict[str, Any]:
    return {"name": "shop", "deploy": [{"service": "nginx", **deploy}]}


def service(code: str, text: str, *names: str, at: tuple[str, ...] = ()) -> dict[str, Any]:
    reason = {"code": code, "text": text}
    verified = {name: list(at) for name in names}
    return {"services": [{"name": "nginx", "certificates": list(names), "verified": verified, "reason": reason}]}


def order(state: str, text: str) -> dict[str, Any]:
    return {"name": "shop", "state": state, "reason": {"code": "x", "text": text}}


@pytest.mark.parametrize(
    ("installed", "orders", "deployed", "line"),
    [
        pytest.param([DATED], [], {}, VALID, id="activated"),
        pytest.param([DATED], [order("issued", "it was issued")], {}, VALID, id="issued"),
        pytest.param(
            [NONE],
            [order("pending", "order 7 waits for EMAIL")],
            {},
            "its certificate is not issued yet; order pending (ordered on 2026-11-28): order 7 waits for EMAIL",
            id="pending",
        ),
        pytest.param(
            [{**DATED, "ordered": "2027-03-20T00:00:00+00:00"}],
            [order("pending", "order 7 waits for EMAIL")],
            {},
            "certificate 0A was installed; valid until 2027-05-19; "
            "order pending (ordered on 2027-03-20): order 7 waits for EMAIL",
            id="a renewal is pending",
        ),
        pytest.param(
            [{**NONE, "ordered": None}],
            [order("not_ordered", "nothing was ordered")],
            {},
            "its certificate is not issued yet; not ordered: nothing was ordered",
            id="not ordered",
        ),
        pytest.param(
            [NONE],
            [order("unknown", "nothing was ordered")],
            {},
            "its certificate is not issued yet; order state unknown: nothing was ordered",
            id="no date of an order that may not exist",
        ),
        pytest.param([], [order("issued", "it was issued")], {}, "it was issued", id="not installed"),
        pytest.param(
            [DATED],
            [],
            (asked(), service("deployed", "nginx serves shop", "shop", at=("127.0.0.1:443", "[::1]:443"))),
            f"{VALID}; nginx uses it, verified at 127.0.0.1:443, [::1]:443",
            id="verified",
        ),
        pytest.param(
            [DATED],
            [],
            (asked(), service("deployed", "nginx serves shop", "shop")),
            f"{VALID}; nginx was reloaded, not verified: deploy.verify names no address",
            id="not verified",
        ),
        pytest.param(
            [DATED],
            [],
            (asked(verify=["127.0.0.1:443"]), service("rolled_back", "nginx was rolled back")),
            f"{VALID}; nginx was rolled back",
            id="rolled back",
        ),
        pytest.param(
            [DATED], [], (asked(), service("deployed", "nginx serves mail", "mail")), f"{VALID}; nginx serves mail"
        ),
        pytest.param([{**PLACED, "name": "sh\x1bop"}], [], {}, None, id="no terminal controls"),
    ],
)
def test_line_reports_the_state_of_the_certificate(
    installed: list[Any], orders: list[Any], deployed: Any, line: str | None
) -> None:
    item, services = deployed or (None, {})
    (said,) = summary_lines(
        installed={"certificates": installed, "deploy": [item] if item else []},
        certificates=orders,
        deployed=services,
        removed={},
    )
    assert said == (f"shop: {line}" if line else "sh\\x1bop: certificate 0A was installed")


def test_removed_certificate_has_a_line() -> None:
    removed = {"certificates": [{"name": "old", "reason": {"code": "removed", "text": "it was removed"}}]}
    revoked = [
        {"name": "old", "reason": {"code": "revoked", "text": "certificate 0A was revoked"}},
        {"name": "other", "reason": {"code": "revoked", "text": "certificate 0B was revoked"}},
        {"name": "old", "reason": {"code": "revoking", "text": "certificate 0C is being revoked"}},
    ]
    assert summary_lines(
        installed={"skipped": True}, certificates=None, deployed={}, removed=removed, revoked=revoked
    ) == ["old: it was removed; certificate 0A was revoked; certificate 0C is being revoked"]


@pytest.mark.parametrize("odd", [None, "x", [], {"certificates": "x"}, {"certificates": [None, {"name": 1}]}])
def test_result_of_another_shape_has_no_line(odd: object) -> None:
    assert summary_lines(installed=odd, certificates=odd, deployed=odd, removed=odd) == []


def test_a_note_about_a_service_is_reported_once() -> None:
    note = "nginx does not run"
    assert service_notes({"notes": [note]}, {"notes": [note, 1]}, {"notes": "x"}, None) == [note]
