# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Implements certum_transfer: sends the private key of a shared certificate to other hosts, or receives it.

Private to the collection. The controller names both hosts and the certificate, and carries only ciphertext.
"""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .._handover.foreign_text import quote
from .._handover.problems import ended_with
from .._handover.reasons import Reason, ReasonCode
from .._handover.serial_number import normalize_serial_number, same_serial_number
from .._handover.terms import DeclaredState, TransferState
from .._lifecycle.declaration import read_declarations
from .._lifecycle.order_identity import owner_of
from .._lifecycle.shared_orders import NewestCertificate, RecordedOrder, is_void
from .._service.former_in_use import former_with
from .._store.certificate_check import ReceivedCertificate, refused
from .._store.certificate_on_disk import read_installed
from .._store.each_certificate import for_each
from .._store.installation import install
from .._store.json_record import read_moment
from .._store.layout import Layout
from .._store.metadata import IssuedOrder, OrderStage
from .._store.reissues import read_reissues
from .._store.staged_order import discard
from .._store.store_errors import StoreError
from .._store.transfer_keys import private_key_of, remove_transfer_key, staged_transfer_key
from .._x509.certificate_facts import read_certificate
from .._x509.key_sealing import Purpose, SealedKey, seal, unseal
from .._x509.keys import public_key_sha256_of_private
from .._x509.x509_errors import X509Error
from .install import formats_of, install_all, install_or_activate, refuse_a_test

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .._handover.declared_items import DeclaredItem
    from .._handover.host_results import InstallResult
    from .._handover.shared_items import SealedItem, SealResult, SuppliedCertificate, TransferItem
    from .._store.change import Change
    from .._x509.certificate_facts import CertificateFacts
    from .._x509.key_sealing import TransferKey

COMPROMISED = (
    "Correct the problems of that host, and run again. If that does not help, one of the two hosts may be compromised: "
    "check both."
)


def transfer(params: Mapping[str, Any], check_mode: bool) -> SealResult | InstallResult:
    """Return the result of the module."""
    return _seal_all(params) if params["state"] == TransferState.SEALED else _receive_all(params, check_mode)


def _seal_all(params: Mapping[str, Any]) -> SealResult:
    """Encrypt the private key of each certificate for each receiver. Nothing is changed."""
    layout = Layout(Path(params["path"]))
    transfers: list[TransferItem] = [each for each in params["transfers"] if each["sender"] == params["host"]]
    sealed, problems = for_each(transfers, lambda each: _sealed(layout, each))
    names = ", ".join(f"{each['name']} for {each['receiver']}" for each in sealed) or "nothing"
    return {
        **ended_with(problems),
        "changed": False,
        "sealed": sealed,
        "reason": Reason(ReasonCode.KEY_SEALED, f"private keys were encrypted: {names}").shown(),
    }


def _sealed(layout: Layout, wanted: TransferItem) -> SealedItem:
    pem = private_key_of(layout, wanted["name"], wanted["serial_number"])
    try:
        purpose = _purpose(
            wanted["name"], wanted["serial_number"], sender=wanted["sender"], receiver=wanted["receiver"]
        )
        sealed = seal(pem, receiver_key=wanted["receiver_key"], purpose=purpose)
    except X509Error as error:
        raise StoreError(
            f"The private key was not sent to host {quote(wanted['receiver'], 80)}",
            path=layout.version(wanted["name"], wanted["serial_number"]),
            why=str(error),
            remedy="Run again. If that does not help, check the host that receives the key.",
        ) from None
    return {
        "name": wanted["name"],
        "sender": wanted["sender"],
        "receiver": wanted["receiver"],
        "sender_key": sealed.sender_key,
        "ciphertext": sealed.ciphertext,
    }


def _receive_all(params: Mapping[str, Any], check_mode: bool) -> InstallResult:
    """Decrypt, check and install each certificate that the controller supplies."""
    return install_all({**params, "state": DeclaredState.PRESENT.value, "renamed": {}}, check_mode, step=_receive)


def _receive(layout: Layout, item: DeclaredItem, params: Mapping[str, Any], check_mode: bool) -> Change:
    supplied = next((each for each in params["supplied"] if each["name"] == item["name"]), None)
    if supplied is None:
        return install_or_activate(layout, item, params, check_mode)
    try:
        return _install_supplied(layout, item, supplied, params, check_mode=check_mode)
    except StoreError as error:
        installed = read_installed(layout, item["name"])
        reissues = read_reissues(supplied.get("reissues"))
        if former := former_with(installed, supplied["certificate"], order_id=supplied["order_id"], reissues=reissues):
            raise error.with_sentence(str(former)) from error
        raise


def _install_supplied(
    layout: Layout,
    item: DeclaredItem,
    supplied: SuppliedCertificate,
    params: Mapping[str, Any],
    *,
    check_mode: bool,
) -> Change:
    name, path = item["name"], str(layout.certificate(item["name"]))
    facts = _facts(supplied, path)
    installed = read_installed(layout, name)
    refuse_a_test(layout, installed, environment=supplied.get("environment"), declared=params["api_environment"])
    is_there = any(version.serial_number == facts.serial_number and version.good for version in installed.versions)
    private_key = None if is_there else _private_key(layout, item, facts, params)
    if not check_mode:
        remove_transfer_key(layout, name)  # before the installation: if it dies, the next run makes another one
    change = install(
        layout,
        name,
        ReceivedCertificate(
            supplied["certificate"],
            (*supplied["chain"], *filter(None, [supplied.get("root")])),
            _order(item, supplied, params["host"]),
            private_key,
        ),
        names=_names(item),
        now=datetime.now(timezone.utc),
        formats=formats_of(item, params),
        keep=params["keep_versions"],
        check_mode=check_mode,
    )
    if not check_mode:
        _discard_void(layout, name, supplied, facts)
    return change


def _facts(supplied: SuppliedCertificate, path: str) -> CertificateFacts:
    try:
        facts = read_certificate(supplied["certificate"])
    except X509Error as error:
        raise refused(path, str(error), remedy="Run again: the certificate is fetched again.") from None
    if not same_serial_number(facts.serial_number, supplied["serial_number"]):
        why = f"the controller named certificate {quote(supplied['serial_number'], 60)}, and sent {facts.serial_number}"
        raise refused(path, why, remedy="Run again: the certificate is fetched again.")
    return facts


def _private_key(layout: Layout, item: DeclaredItem, facts: CertificateFacts, params: Mapping[str, Any]) -> bytes:
    """Return the private key that another host encrypted for this transfer. Raises StoreError.

    Several hosts may send the same key. One that can be decrypted is enough, if it belongs to the certificate.
    """
    name, path = item["name"], str(layout.certificate(item["name"]))
    own = staged_transfer_key(layout, name)
    failures = []
    for wanted in (each for each in params["transfers"] if each["name"] == name):
        sender = wanted["sender"]
        try:
            pem = _unsealed(name, sender, facts, params, own)
            if public_key_sha256_of_private(pem) == facts.public_key_sha256:
                return pem
            failures.append(f"host {quote(sender, 80)}: the key does not belong to the certificate")
        except X509Error as error:
            failures.append(f"host {quote(sender, 80)}: {error}")
    raise refused(path, "; ".join(failures) or "no host sends its private key", remedy=COMPROMISED)


def _unsealed(name: str, sender: str, facts: CertificateFacts, params: Mapping[str, Any], own: TransferKey) -> bytes:
    """Return what one host sent. Raises X509Error."""
    ours = (name, sender, params["host"])
    sent = [each for each in params["sealed"] if (each["name"], each["sender"], each["receiver"]) == ours]
    if not sent:
        raise X509Error("no private key came from it")
    purpose = _purpose(name, facts.serial_number, sender=sender, receiver=params["host"])
    return unseal(SealedKey(sent[0]["sender_key"], sent[0]["ciphertext"]), own=own, purpose=purpose)


def _purpose(name: str, serial_number: str, *, sender: str, receiver: str) -> Purpose:
    """Return the purpose, with the serial number in one form."""
    return Purpose(name, normalize_serial_number(serial_number).lstrip("0"), sender=sender, receiver=receiver)


def _order(item: DeclaredItem, supplied: SuppliedCertificate, host: str) -> IssuedOrder:
    term_end = supplied.get("term_end")
    return IssuedOrder(
        order_id=supplied["order_id"],
        customer=supplied["customer"],
        product=supplied["product"],
        term_end=read_moment(term_end) if term_end else None,
        environment=supplied.get("environment"),
        host=owner_of(item, host),
        share=item.get("share"),
        reissues=read_reissues(supplied.get("reissues")),
    )


def _names(item: DeclaredItem) -> tuple[str, ...]:
    """Return every declared name: the certificate must have all of them."""
    (declaration,) = read_declarations([item])
    return declaration.names


def _discard_void(layout: Layout, name: str, supplied: SuppliedCertificate, facts: CertificateFacts) -> None:
    """Set a staged key aside if its order is that of the received certificate, which another host's key is for."""
    staged = read_installed(layout, name).staged
    order = staged.order if staged else None
    if order is None:
        return
    recorded = RecordedOrder(
        order_id=order.order_id or "",
        operation=order.operation,
        placed=order.stage is not OrderStage.INTENDED,
        predecessor=order.predecessor or "",
        created=order.created,
    )
    if is_void(recorded, NewestCertificate(facts.serial_number, supplied["order_id"], facts.not_before)):
        discard(layout, name, order=order)
