# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The decision about a certificate: two chains of small rules. The first rule with a reason decides.

Private to the collection. Pure: the declaration, the state on disk and the time are arguments. The result is a reason
(code and text), or None.

The two decisions are independent. *Issuance*: a certificate is needed that is not on disk. *Activation*: a good
certificate is on disk, but not in use or not verified. A failed deployment never leads to a purchase.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .._handover.foreign_text import quote
from .._handover.reasons import Reason, ReasonCode
from .due_date import RenewalWindow, due_at
from .verified_services import deployment_differences

if TYPE_CHECKING:
    from datetime import datetime

    from .former_certificate import Former
    from .verified_services import VerifiedService


@dataclass(frozen=True)
class Desired:
    """The certificate that a declaration describes.

    ``names`` are encoded and include the common name. ``key`` is the key type and size as text, such as ``ec 256``, or
    None if the key must be kept elsewhere (an HSM). ``environment`` is the CA's system, ``production`` or ``test``, or
    None if the host does not declare one. ``replace`` is True if the operator requests a replacement now. ``services``
    are those to deploy to.
    """

    name: str
    names: frozenset[str]
    product_code: str
    key: str | None
    window: RenewalWindow
    deployed: bool
    common_name: str = ""
    environment: str | None = None
    replace: bool = False
    services: tuple[VerifiedService, ...] = ()


@dataclass(frozen=True)
class KnownVersion:
    """A certificate on disk with a matching key.

    ``ordered_names`` and ``product_code`` are those of the order, or None if they are not known (adopted by hand). They
    are separate from ``names``, because a CA may add names, and these must not look like a change of the declaration.
    ``key`` is None if the key is kept elsewhere (an HSM). ``order_id``, the estimated ``term_end`` and the
    ``environment`` that issued the certificate are None if they are not recorded. ``revoked`` is the date and reason of
    the revocation, such as "on 2026-11-20 (key compromise)", or None if it was not checked or not found.
    """

    serial_number: str
    names: frozenset[str]
    not_before: datetime
    not_after: datetime
    public_key_sha256: str
    key: str | None
    ordered_names: frozenset[str] | None = None
    product_code: str | None = None
    common_name: str | None = None
    order_id: str | None = None
    term_end: datetime | None = None
    environment: str | None = None
    revoked: str | None = None


@dataclass(frozen=True)
class Damaged:
    """The certificate that was installed last, if a service cannot use it: the reason, and its readable data."""

    why: str
    version: KnownVersion | None


@dataclass(frozen=True)
class Requested:
    """The parameters of the request for the staged key: canonical ``names``, ``key`` as text, product code.

    ``key`` is None if it was created elsewhere. ``is_reissue`` is True if the request belongs to an order that already
    has a certificate. The CA does not cancel such an order (error 1136).
    """

    names: frozenset[str]
    key: str | None
    product_code: str
    is_reissue: bool


@dataclass(frozen=True)
class OnDisk:
    """The state of one certificate on a host.

    ``newest`` is the newest good version, in use or not. ``current`` and ``verified`` are the serial numbers of the
    version in use and of the version verified last. ``problem`` is the reason why files exist, but no good version.
    ``damaged`` is set if the version installed last is not the newest good one.

    ``staged_key`` is the fingerprint of a key that waits for its certificate. ``staged_order`` is the id of its order,
    which is recorded before the order is sent: a key without a recorded order was never used. ``staged_order_placed``
    is True if the CA is known to have the order. ``requested`` are the parameters of the order.

    ``drifted`` are private keys with a wrong mode or owner, with the difference. ``directories`` are the same for
    directories. ``outdated`` are files of declared formats that are missing or not as declared. ``host`` is the
    inventory name of the host that ordered the certificate, or None if it is not recorded. ``former`` is the
    certificate in use, if it was reissued and the CA revokes it soon. ``deployed`` are the services that were verified,
    each with its version, or None if that is not recorded.
    """

    newest: KnownVersion | None = None
    problem: str | None = None
    damaged: Damaged | None = None
    current: str | None = None
    verified: str | None = None
    staged_key: str | None = None
    staged_order: str | None = None
    staged_order_placed: bool = False
    requested: Requested | None = None
    drifted: tuple[str, ...] = ()
    directories: tuple[str, ...] = ()
    outdated: tuple[str, ...] = ()
    host: str | None = None
    former: Former | None = None
    deployed: tuple[VerifiedService, ...] | None = None

    @property
    def predecessor(self) -> KnownVersion | None:
        """Return the certificate that the next one follows: the one that the CA issued last, if it can be read."""
        return self.damaged.version if self.damaged else self.newest


@dataclass(frozen=True)
class Question:
    """One certificate at one moment. Every rule gets the same data and uses a part of it."""

    desired: Desired
    on_disk: OnDisk
    now: datetime


Rule = Callable[[Question], "Reason | None"]


def why_issue(question: Question) -> Reason | None:
    """Return the reason why a new certificate is needed now, or None."""
    return _first_reason(_ISSUANCE, question)


def why_activate(question: Question) -> Reason | None:
    """Return the reason why the newest certificate on disk must be installed or deployed again, or None."""
    return _first_reason(_ACTIVATION, question)


def _first_reason(rules: tuple[Rule, ...], question: Question) -> Reason | None:
    return next((reason for reason in (rule(question) for rule in rules) if reason), None)


def is_order_pending(on_disk: OnDisk) -> bool:
    """Return whether an order may have been sent, and its certificate is not on disk."""
    newest = on_disk.newest
    return on_disk.staged_order is not None and not (newest and newest.public_key_sha256 == on_disk.staged_key)


def _order_pending(question: Question) -> Reason | None:
    disk = question.on_disk
    if not is_order_pending(disk):
        return None
    words = "is pending" if disk.staged_order_placed else "may have been sent"
    return Reason(ReasonCode.PENDING_ORDER, f"order {disk.staged_order} {words}{_until(disk)}")


def _nothing_there(question: Question) -> Reason | None:
    if question.on_disk.newest is None and question.on_disk.problem is None:
        return Reason(ReasonCode.NOT_ON_DISK, "there is no certificate yet")
    return None


def _not_usable(question: Question) -> Reason | None:
    if question.on_disk.newest is None:
        return Reason(ReasonCode.NOT_USABLE, f"no usable certificate: {question.on_disk.problem}")
    return None


def _damaged(question: Question) -> Reason | None:
    """An older version may be in use for now, but the reason for the damaged version still applies."""
    damaged = question.on_disk.damaged
    return (
        Reason(ReasonCode.DAMAGED, f"the certificate that was installed last cannot be used: {damaged.why}")
        if damaged
        else None
    )


def _of_the_other_system(question: Question) -> Reason | None:
    version, declared = question.on_disk.newest, question.desired.environment
    if version is None or declared is None or version.environment in (None, declared):
        return None
    return Reason(
        ReasonCode.ENVIRONMENT_DIFFERS,
        f"the CA's {version.environment} system issued the certificate, but {declared} is declared",
    )


def _revoked(question: Question) -> Reason | None:
    version = question.on_disk.newest
    if version is None or version.revoked is None:
        return None
    return Reason(ReasonCode.REVOKED, f"certificate {version.serial_number} was revoked {version.revoked}")


def _names_differ(question: Question) -> Reason | None:
    version, declared = question.on_disk.newest, question.desired.names
    if version is None:
        return None
    added, removed = declared - version.names, dropped_names(version, declared)
    changes = [f"{words} {', '.join(sorted(names))}" for words, names in (("adds", added), ("drops", removed)) if names]
    if not changes and common_name_differs(version, question.desired):
        changes = [f"makes {question.desired.common_name} the common name, which was {quote(version.common_name)}"]
    return Reason(ReasonCode.NAMES_DIFFER, f"the declaration {' and '.join(changes)}") if changes else None


def dropped_names(version: KnownVersion, declared: frozenset[str]) -> frozenset[str]:
    """Return the names that were ordered and are not declared any more."""
    return (version.ordered_names or frozenset()) - declared


def common_name_differs(version: KnownVersion, desired: Desired) -> bool:
    """Return whether the declaration makes another of the names the common name."""
    return bool(desired.common_name and version.common_name and version.common_name.lower() != desired.common_name)


def _product_differs(question: Question) -> Reason | None:
    version, declared = question.on_disk.newest, question.desired.product_code
    if version is None or version.product_code in (None, declared):
        return None
    return Reason(
        ReasonCode.PRODUCT_DIFFERS,
        f"product {declared} is declared, the certificate was ordered as {version.product_code}",
    )


def _key_differs(question: Question) -> Reason | None:
    version, declared = question.on_disk.newest, question.desired.key
    if version is None or version.key in (None, declared):
        return None
    if declared is None:
        words = f"key.location is elsewhere, and the {version.key} key of the certificate is on this host"
        return Reason(ReasonCode.KEY_DIFFERS, words)
    return Reason(ReasonCode.KEY_DIFFERS, f"key {declared} is declared, the certificate has {version.key}")


def _expired(question: Question) -> Reason | None:
    version = question.on_disk.newest
    if version is None or question.now < version.not_after:
        return None
    return Reason(ReasonCode.EXPIRED, f"the certificate expired on {_day(version.not_after)}")


def _replacement_wanted(question: Question) -> Reason | None:
    return Reason(ReasonCode.REPLACE_REQUESTED, "a replacement was requested") if question.desired.replace else None


def due_since(question: Question) -> datetime | None:
    """Return the moment from which the newest certificate is due, or None if it is not due yet."""
    version = question.on_disk.newest
    if version is None:
        return None
    moment = due_at(
        not_before=version.not_before,
        not_after=version.not_after,
        window=question.desired.window,
        spread_by=question.desired.name,
        term_end=version.term_end,
    )
    return moment if question.now >= moment else None


def _inside_renewal_window(question: Question) -> Reason | None:
    version, moment = question.on_disk.newest, due_since(question)
    if version is None or moment is None:
        return None
    days = (version.not_after - question.now).days
    return Reason(
        ReasonCode.EXPIRES_SOON,
        f"the certificate expires on {_day(version.not_after)}, in {days} days, and is due since {_day(moment)}",
    )


def _not_in_place(question: Question) -> Reason | None:
    version = question.on_disk.newest
    if version is None or question.on_disk.current == version.serial_number:
        return None
    words = f"certificate {version.serial_number} is on disk but not in use{_until(question.on_disk)}"
    return Reason(ReasonCode.NOT_INSTALLED, words)


def _not_verified(question: Question) -> Reason | None:
    version = question.on_disk.newest
    if version is None or not question.desired.deployed or question.on_disk.verified == version.serial_number:
        return None
    words = f"certificate {version.serial_number} is not verified yet{_until(question.on_disk)}"
    return Reason(ReasonCode.NOT_DEPLOYED, words)


def _deployment_differs(question: Question) -> Reason | None:
    version = question.on_disk.newest
    if version is None:
        return None
    found = deployment_differences(question.desired.services, question.on_disk.deployed, version.serial_number)
    words = f"certificate {version.serial_number} is not deployed as declared yet: {'; '.join(found)}"
    return Reason(ReasonCode.DEPLOYMENT_DIFFERS, words) if found else None


def _staging_left_over(question: Question) -> Reason | None:
    version, staged = question.on_disk.newest, question.on_disk.staged_key
    if version is None or staged != version.public_key_sha256:
        return None
    return Reason(
        ReasonCode.STAGING_LEFT, f"certificate {version.serial_number} is installed, but its staged files remain"
    )


def _keys_drifted(question: Question) -> Reason | None:
    drifted = question.on_disk.drifted
    return (
        Reason(ReasonCode.KEY_ACCESS_DIFFERS, f"mode or owner not as declared: {', '.join(drifted)}")
        if drifted
        else None
    )


def _directories_drifted(question: Question) -> Reason | None:
    found = question.on_disk.directories
    if not found:
        return None
    return Reason(ReasonCode.DIRECTORY_ACCESS_DIFFERS, f"wrong mode or owner of directories: {', '.join(found)}")


def _formats_differ(question: Question) -> Reason | None:
    outdated = question.on_disk.outdated
    return Reason(ReasonCode.FORMATS_DIFFER, f"missing or not as declared: {', '.join(outdated)}") if outdated else None


def _until(on_disk: OnDisk) -> str:
    """Return the sentence that is added if the certificate in use was reissued: how long it stays valid."""
    return f". {on_disk.former}".rstrip(".") if on_disk.former else ""


def _day(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d")


_ISSUANCE: tuple[Rule, ...] = (
    _order_pending,
    _nothing_there,
    _not_usable,
    _damaged,
    _of_the_other_system,
    _revoked,
    _names_differ,
    _product_differs,
    _key_differs,
    _expired,
    _inside_renewal_window,
    _replacement_wanted,
)

_ACTIVATION: tuple[Rule, ...] = (
    _not_in_place,
    _not_verified,
    _deployment_differs,
    _staging_left_over,
    _keys_drifted,
    _directories_drifted,
    _formats_differ,
)
