# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Decides whether a destination needs a certificate, and writes its files."""

from __future__ import annotations

import errno
import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.certops.certum.plugins.module_utils._controller.certificates import make_certificates
from ansible_collections.certops.certum.plugins.module_utils._handover.reasons import Reason, ReasonCode
from ansible_collections.certops.certum.plugins.module_utils._handover.terms import Sent, State, ValidationMethod
from ansible_collections.certops.certum.plugins.module_utils._issuance import destination_files
from ansible_collections.certops.certum.plugins.module_utils._issuance.destination_files import (
    Destination,
    DestinationError,
    recall,
    remember,
    why_needed,
    write,
)
from ansible_collections.certops.certum.plugins.module_utils._issuance.order_conversion import read_orders
from ansible_collections.certops.certum.plugins.module_utils._issuance.outcome import Issued, Outcome, Validation
from ansible_collections.certops.certum.plugins.module_utils._x509.certificate_facts import read_certificate
from ansible_collections.certops.certum.tests.unit.issuance.csrs import CONTACT, make_csr
from ansible_collections.certops.certum.tests.unit.store.world import ISSUING, ROOT, issue
from ansible_collections.certops.certum.tests.unit.x509.authority import BEGINNING, LIFETIME, Authority, der_of

NOW = BEGINNING.replace(tzinfo=timezone.utc) + timedelta(days=10)
END = BEGINNING.replace(tzinfo=timezone.utc) + LIFETIME


@dataclass
class Place:
    """A directory with a certificate of one CSR, or without."""

    base: Path
    csr: str

    @property
    def fullchain(self) -> Path:
        return self.base / "fullchain.pem"

    @property
    def note(self) -> Path:
        return self.base / "fullchain.pem.order.json"

    def item(self, **more: Any) -> dict[str, Any]:
        return {
            "name": "shop",
            "csr_content": self.csr,
            "contact": CONTACT,
            "fullchain_dest": str(self.fullchain),
            **more,
        }

    def beside(self, *names: str) -> dict[str, str]:
        """Return options for files of these names."""
        return {f"{name.partition('.')[0]}_dest": str(self.base / name) for name in names}

    def issued(self) -> Issued:
        leaf = issue(self.csr, names=("shop.example.com",)).certificate_pem
        return Issued(leaf, (ISSUING.pem,), read_certificate(leaf), ROOT.pem)

    def fill(self) -> None:
        write(Destination.of(self.item()), self.issued(), backup=False, now=NOW)

    def why(self, *, now: datetime = NOW, **more: Any) -> str | None:
        item = self.item(**more)
        (order,) = read_orders([item])
        reason = why_needed(order, item, now=now)
        return reason.text if reason else None

    def outcome(self, **more: Any) -> Outcome:
        (order,) = read_orders([self.item()])
        given = {"state": State.PENDING, "reason": Reason(ReasonCode.ORDERED, "why"), "placed": True, **more}
        return Outcome(name="shop", order_id=order.order_id, **given)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path, make_csr("shop.example.com"))


def test_certificate_at_the_destination_decides_the_need(place: Place) -> None:
    assert place.why(fullchain_dest=None) == "a certificate is requested"
    assert place.why() == f"there is no certificate at {place.fullchain}"
    place.fullchain.write_text("something else")
    assert place.why() == f"there is no certificate at {place.fullchain}"
    place.fill()
    assert place.why() is None
    assert place.why(cert_dest=str(place.base / "never-read.pem")) is None, "the file with the chain decides"
    assert place.why(csr_content=make_csr("shop.example.com")) == "the CSR has a new key"


@pytest.mark.parametrize(
    ("more", "now", "reason"),
    [
        ({"force": True}, NOW, "force is set"),
        ({}, END - timedelta(days=20), "is due since"),
        ({"remaining_days": 30}, END - timedelta(days=29), "is due since"),
        ({}, END, "the certificate expired on"),
        ({"product": "commercial_multidomain_ssl"}, NOW, None),
    ],
)
def test_key_of_an_issued_certificate_is_not_ordered_again(
    place: Place, more: dict[str, Any], now: datetime, reason: str | None
) -> None:
    place.fill()
    if reason is None:
        assert place.why(now=now, **more) is None
        return
    with pytest.raises(DestinationError, match=reason) as told:
        place.why(now=now, **more)
    assert told.value.remedy == "Make a new key and CSR, then run again."
    assert str(told.value).endswith(told.value.remedy)


def test_unreadable_destination_is_no_reason_to_order(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DestinationError, match=r"gone is not a directory.*nothing was ordered"):
        place.why(chain_dest=str(place.base / "gone" / "chain.pem"))
    place.fill()

    def refuse(self: Path) -> bytes:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(DestinationError, match=r"cannot be read \(Permission denied\).*nothing was ordered"):
        place.why()


class NoApi:
    """An API of which every call fails the test."""

    environment = None

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"{name} was called")


@pytest.mark.parametrize("check_mode", [False, True])
def test_current_certificate_needs_no_call(place: Place, check_mode: bool) -> None:
    place.fill()
    gone = place.item(name="gone", fullchain_dest=str(place.base / "gone" / "fullchain.pem"))
    options = {"wait": True, "wait_timeout": 10, "wait_sleep": 1, "trigger_validation": True, "concurrency": 2}
    api: Any = NoApi()
    result = make_certificates(api, {**options, "certificates": [place.item(), gone]}, check_mode=check_mode)
    assert [one["state"] for one in result["certificates"]] == ["current", "not_ordered"]
    assert result["changed"] is False
    assert result["msg"].startswith("gone: ")
    assert result["certificates"][1]["problem"]["text"] == result["msg"]
    assert result["remedy"] == "Create the directory, or correct the path, then run again."
    assert result["msg"].count("run again") == 1, "no other remedy is added"


def test_files_are_written_completely_with_backups(place: Place) -> None:
    item = place.item(**place.beside("cert.pem", "chain.pem", "der.cer", "root.pem"))
    first, second = place.issued(), place.issued()
    assert write(Destination.of(item), first, backup=True, now=NOW) == [], "nothing was there"
    copies = write(Destination.of(item), second, backup=True, now=NOW)
    names = ("cert.pem", "chain.pem", "der.cer", "fullchain.pem", "root.pem")
    assert sorted(Path(copy).name for copy in copies) == [f"{name}.20261111T000000Z~" for name in names]
    contents = {path.name: path.read_bytes() for path in place.base.iterdir()}
    assert contents["fullchain.pem"].decode() == second.certificate + ISSUING.pem
    assert [contents[name].decode() for name in ("cert.pem", "chain.pem", "root.pem")] == [
        second.certificate,
        ISSUING.pem,
        ROOT.pem,
    ]
    assert contents["der.cer"] == der_of(second.certificate)
    assert contents["cert.pem.20261111T000000Z~"].decode() == first.certificate
    assert len(contents) == 10, "and no partial file is left"


@pytest.mark.parametrize("leaf", ["cert.pem", "der.cer", "fullchain.pem"])
def test_certificate_file_is_written_last(place: Place, leaf: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a crash before it exists, the next run fetches all files again."""
    written: list[str] = []
    monkeypatch.setattr(destination_files, "write_atomic", lambda path, content, ownership: written.append(path.name))
    item = place.item(**{**place.beside("chain.pem", "root.pem", "der.cer", leaf), "fullchain_dest": None})
    item = {**item, **place.beside(leaf)}
    write(Destination.of(item), place.issued(), backup=False, now=NOW)
    assert written[-1] == leaf
    assert Destination.of(item).leaf == place.base / leaf


def test_certificate_in_der_is_accepted_like_pem(place: Place) -> None:
    only = {**place.beside("der.cer"), "fullchain_dest": None}
    assert "there is no certificate at" in str(place.why(**only))
    write(Destination.of(place.item(**only)), place.issued(), backup=False, now=NOW)
    assert place.why(**only) is None


def test_missing_root_is_named_until_it_exists(place: Place) -> None:
    wanted = Destination.of(place.item(**place.beside("root.pem")))
    root = place.base / "root.pem"
    sent, not_sent = place.issued(), replace(place.issued(), root=None)
    assert Destination.of(place.item()).problem(not_sent) is None
    assert wanted.problem(sent) is None
    write(wanted, not_sent, backup=False, now=NOW)
    for content in (None, "nonsense", ISSUING.pem, Authority.make("Sandbox Root").pem):
        if content:
            root.write_text(content)
        assert f"{root} is not written: the CA sent no root" in str(wanted.problem(not_sent))
        assert "the root certificate (CN=Sandbox Root)" in str(wanted.problem(not_sent))
    root.write_text(ROOT.pem)
    assert wanted.problem(not_sent) is None
    assert place.fullchain.read_text().startswith(not_sent.certificate), "everything else is there"


def test_pending_order_is_noted_until_it_is_written(place: Place) -> None:
    item = place.item()
    (order,) = read_orders([item])
    assert recall(item, order) == order
    validation = Validation(ValidationMethod.FILE, "c0de", ("shop.example.com",))
    remember(item, order, place.outcome(validation=validation))
    known = recall(item, order)
    assert (known.sent, known.validation_code) == (Sent.YES, "c0de")
    (told,) = read_orders([place.item(validation_code="newer")])
    assert recall(item, told).validation_code == "newer", "the caller's option comes first"
    for state in (State.UNKNOWN, State.NOT_ORDERED):
        remember(item, order, place.outcome(state=state, placed=False))
        assert recall(item, order) == known, "an existing order is used"
    (other,) = read_orders([place.item(csr_content=make_csr("shop.example.com"))])
    assert recall(item, other) == other, "of this key only"
    remember(item, order, place.outcome(state=State.ISSUED, issued=place.issued()))
    assert not place.note.exists()
    remember(item, order, place.outcome(state=State.NOT_ORDERED, placed=False))
    assert not place.note.exists()


@pytest.mark.parametrize("note", ["", "{", "[]", '"text"', "null", "{}", '{"order_id": 1}', "\udcff"])
def test_invalid_note_counts_as_none(place: Place, note: str) -> None:
    place.note.write_bytes(note.encode("utf-8", "surrogateescape"))
    item = place.item()
    (order,) = read_orders([item])
    assert recall(item, order) == order


@pytest.mark.parametrize("value", ["replace", 1, ["order"]])
def test_unknown_operation_in_the_note_of_this_key_is_refused(place: Place, value: object) -> None:
    item = place.item()
    (order,) = read_orders([item])
    remember(item, order, place.outcome())
    place.note.write_text(json.dumps({**json.loads(place.note.read_text()), "operation": value}))
    with pytest.raises(DestinationError) as refused:
        recall(item, order)
    text = str(refused.value)
    assert f"the note of its pending order, {place.note}, has no operation that this version knows" in text
    assert "nothing was ordered. Update certops.certum, or correct the operation" in text
    options = {"wait": True, "wait_timeout": 10, "wait_sleep": 1, "trigger_validation": True, "concurrency": 2}
    api: Any = NoApi()
    result = make_certificates(api, {**options, "certificates": [item]}, check_mode=False)
    assert result["certificates"][0]["problem"]["text"] == result["msg"] == text, "no other certificate is affected"


def test_validation_code_of_a_note_is_text_or_none(place: Place) -> None:
    item = place.item()
    (order,) = read_orders([item])
    remember(item, order, place.outcome())
    place.note.write_text(json.dumps({**json.loads(place.note.read_text()), "validation_code": ["c0de"]}))
    assert recall(item, order).validation_code is None
