# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The next key and CSR of a certificate: the record of the intent to buy.

Whoever made the CSR, it stays as it is while an order may have been sent with it, and a key is never deleted before its
certificate is installed: what is not wanted any more is set aside.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from .._handover.reasons import Reason, ReasonCode
from .._x509 import keys
from .._x509.alternative_names import canonical_name, canonical_names
from .._x509.csr import build_request
from .._x509.x509_errors import X509Error
from .atomic_files import PRIVATE, PUBLIC, Directory
from .change import Change
from .directory_access import CLOSED
from .installed_versions import read_versions
from .layout import ORDER, PRIVATE_KEY, REQUEST, SET_ASIDE, STAGED
from .lock import certificate_directory
from .metadata import OrderStage
from .staged_files import Pending, read_pending
from .store_errors import StoreError

if TYPE_CHECKING:
    from .._x509.compatibility import PrivateKey
    from .._x509.keys import KeySpec
    from .layout import Layout
    from .metadata import OrderRecord

_RETIRED = ".staged.tmp"  # swept with everything half made


@dataclass(frozen=True)
class WantedRequest:
    """What the next certificate is to be: *names* holds every name, the common name among them."""

    common_name: str
    names: tuple[str, ...]
    key_spec: KeySpec


@dataclass(frozen=True)
class Staged:
    """A key and a CSR that wait for their certificate.

    *own_key* is False where the CSR was put there by hand and its key is kept elsewhere. *made_at* is when the key,
    or such a CSR, was written, None for one that exists only in check mode. *created* tells whether this call made
    the key.
    """

    csr_pem: str
    public_key_sha256: str
    own_key: bool
    order: OrderRecord | None
    made_at: datetime | None
    created: bool
    reason: str


def stage(layout: Layout, name: str, wanted: WantedRequest, *, check_mode: bool = False) -> Staged:
    """Return the staged key and CSR of a certificate, made if there is none that fits.

    Kept as they are: those of a recorded order, those that fit *wanted*, and a CSR that was put there by hand. Others
    are set aside and made anew. In check mode a new key and CSR exist in memory only. Raises StoreError.
    """
    with certificate_directory(layout, name, check_mode=check_mode) as directory:
        pending, reason = _kept(directory, wanted, check_mode=check_mode) if directory else (None, "nothing was staged")
        if directory is None or pending is None:
            return _make(layout, name, wanted, reason, None if check_mode else directory)
        return _keep(directory, pending, wanted, reason, check_mode=check_mode)


def _kept(directory: Directory, wanted: WantedRequest, *, check_mode: bool) -> tuple[Pending | None, str]:
    """Decide about what is staged; put away what will not be used."""
    pending = read_pending(directory)
    if pending is None:
        return None, "nothing was staged"
    installed = installed_with(directory, pending)
    if installed is not None:
        if not check_mode:
            retire(directory)
        return None, f"the staged key is that of certificate {installed}, which is installed"
    if pending.order is not None:
        return pending, f"order {pending.order.words} is in flight with this key"
    if not pending.own_key:
        return pending, "a CSR was put there by hand"
    difference = _difference(directory, pending, wanted)
    if difference is None:
        return pending, "this key was staged before"
    if not check_mode:
        set_aside(directory, pending.public_key_sha256)
    return None, difference


def _difference(directory: Directory, pending: Pending, wanted: WantedRequest) -> str | None:
    spec = keys.spec_of(_staged_key(directory))
    if spec != wanted.key_spec:
        return f"the staged key is {spec}, and {wanted.key_spec} is declared"
    request = pending.request
    if request is None:
        return None
    if canonical_name(request.common_name or "") != canonical_name(wanted.common_name):
        return f"the staged CSR has common name {request.common_name}, and {wanted.common_name} is declared"
    declared = canonical_names(wanted.names)
    if request.names != declared:
        return f"the staged CSR is for {', '.join(request.names)}, and declared are {', '.join(declared)}"
    return None


def _keep(directory: Directory, pending: Pending, wanted: WantedRequest, reason: str, *, check_mode: bool) -> Staged:
    if pending.request is not None:
        csr_pem = pending.request.pem
    else:
        csr_pem = _request(directory.path, _staged_key(directory), wanted)
        staged = None if check_mode else directory.enter(STAGED)
        if staged is not None:
            with staged:
                staged.write(REQUEST, csr_pem.encode(), PUBLIC)
    return Staged(
        csr_pem=csr_pem,
        public_key_sha256=pending.public_key_sha256,
        own_key=pending.own_key,
        order=pending.order,
        made_at=pending.made_at,
        created=False,
        reason=reason,
    )


def _make(layout: Layout, name: str, wanted: WantedRequest, reason: str, directory: Directory | None) -> Staged:
    key = keys.generate(wanted.key_spec)
    csr_pem = _request(str(layout.certificate(name)), key, wanted)
    if directory is not None:
        with directory.enter_or_make(STAGED, CLOSED) as staged:
            staged.write(PRIVATE_KEY, keys.to_pem(key), PRIVATE)
            staged.write(REQUEST, csr_pem.encode(), PUBLIC)
    return Staged(
        csr_pem=csr_pem,
        public_key_sha256=keys.public_key_sha256(key.public_key()),
        own_key=True,
        order=None,
        made_at=datetime.now(timezone.utc) if directory else None,
        created=True,
        reason=reason,
    )


def _request(path: str, key: PrivateKey, wanted: WantedRequest) -> str:
    try:
        return build_request(key, common_name=wanted.common_name, names=wanted.names)
    except X509Error as error:
        raise StoreError(
            "The CSR cannot be made", path=path, why=str(error), remedy="Correct the declaration."
        ) from None


def _staged_key(directory: Directory) -> PrivateKey:
    staged = directory.enter(STAGED)
    path = f"{directory.path}/{STAGED}/{PRIVATE_KEY}"
    try:
        if staged is not None:
            with staged:
                found = staged.read(PRIVATE_KEY)
                if found is not None:
                    return keys.load(found.data)
        why = "it is missing"
    except X509Error as error:
        why = str(error)
    raise StoreError("The staged key cannot be used", path=path, why=why, remedy="Restore it, or move it away.")


def installed_with(directory: Directory, pending: Pending) -> str | None:
    """Return the serial number of the good version that has the staged key: then only clearing up was interrupted."""
    for version in read_versions(directory):
        if version.good and version.facts and version.facts.public_key_sha256 == pending.public_key_sha256:
            return version.serial_number
    return None


def retire(directory: Directory) -> None:
    """Remove what is staged in one step for every reader: without its order, a used key would look fresh."""
    directory.remove(_RETIRED)
    directory.rename(STAGED, _RETIRED)
    directory.remove(_RETIRED)


def set_aside(directory: Directory, fingerprint: str) -> str:
    """Keep what is staged in a directory of its own, and return its path."""
    with directory.enter_or_make(SET_ASIDE, CLOSED) as kept:
        taken = set(kept.names())
        short = fingerprint[:16]
        candidates = [short, *(f"{short}-{number}" for number in range(2, len(taken) + 3))]
        name = next(candidate for candidate in candidates if candidate not in taken)
        directory.rename(STAGED, name, into=kept)
        return f"{kept.path}/{name}"


def record_order(
    layout: Layout, name: str, order: OrderRecord, *, key: str | None = None, check_mode: bool = False
) -> Change:
    """Write down the order of the staged key, before it is sent and when its fate is known.

    Raises StoreError when nothing is staged, and with *key*, a fingerprint, when another key is: another run may have
    staged anew since the caller looked.

    The same order may be recorded again, with a new validation code. An order that was only intended may have become
    another: a renewal gets its id from the CA. Once the CA has one, another for the same key is refused, because it
    takes a key once (error 1032).
    """
    with certificate_directory(layout, name, check_mode=check_mode) as directory:
        pending = read_pending(directory) if directory else None
        path = layout.staged(name)
        if directory is None or pending is None:
            raise StoreError(
                "The order cannot be recorded",
                path=path,
                why=f"no key is staged for order {order.words}",
                remedy="Stage a key first (certum_stage); a lost key needs a reissue of the order.",
            )
        before = pending.order
        if key is not None and key != pending.public_key_sha256:
            raise StoreError(
                "The order cannot be recorded",
                path=path,
                why=f"another run has staged another key since order {order.words} was made of the one that was there",
                remedy="Run again. If it lasts, two runs declare this certificate differently: let them agree.",
            )
        if before is not None and before.stage is not OrderStage.INTENDED and before.order_id != order.order_id:
            raise StoreError(
                "The order cannot be recorded",
                path=path,
                why=f"the staged key belongs to order {before.words}, not to {order.words}",
                remedy="Look both orders up; the CA takes one key for one order only (error 1032).",
            )
        data = order.encode()
        staged = directory.enter(STAGED)
        if staged is None:  # pragma: no cover - read_pending has just been inside, and we hold the lock
            return Change(changed=False, reason=Reason(ReasonCode.NOT_STAGED, "nothing is staged"))
        with staged:
            found = staged.read(ORDER)
            if found is not None and found.data == data:
                return Change(
                    changed=False, reason=Reason(ReasonCode.ORDER_RECORDED, f"order {order.words} is recorded")
                )
            if not check_mode:
                staged.write(ORDER, data, PRIVATE)
        return Change(
            changed=True,
            reason=Reason(ReasonCode.ORDER_RECORDED, f"order {order.words} of the staged key is {order.stage.value}"),
            before={"order_id": before.order_id if before else None},
            after={"order_id": order.order_id},
        )


def forget_order(layout: Layout, name: str, *, check_mode: bool = False) -> Change:
    """Strike the record of an order that surely does not exist at the CA; the key stays staged. Raises StoreError.

    One that another run has placed since stays.
    """
    with certificate_directory(layout, name, check_mode=check_mode) as directory:
        pending = read_pending(directory) if directory else None
        staged = directory.enter(STAGED) if directory and pending else None
        if staged is None or pending is None:
            return Change(changed=False, reason=Reason(ReasonCode.NOT_STAGED, "nothing is staged"))
        with staged:
            if pending.order is None:
                return Change(changed=False, reason=Reason(ReasonCode.NOT_STAGED, "no order is recorded"))
            if pending.order.stage is not OrderStage.INTENDED:
                return Change(
                    changed=False,
                    reason=Reason(
                        ReasonCode.DONE_BY_ANOTHER_RUN, f"order {pending.order.words} was placed by another run"
                    ),
                )
            if not check_mode:
                staged.remove(ORDER)
                staged.sync()
    return Change(
        changed=True, reason=Reason(ReasonCode.ORDER_FORGOTTEN, "the order does not exist, its key stays staged")
    )


def discard(layout: Layout, name: str, *, order: OrderRecord | None = None, check_mode: bool = False) -> Change:
    """Set what is staged aside, for an order that was refused or cancelled; its key is kept in set-aside/.

    With *order*, only what belongs to it: another run may have ordered anew since the caller looked.
    """
    with certificate_directory(layout, name, check_mode=check_mode) as directory:
        if directory is None or STAGED not in directory.names():
            return Change(changed=False, reason=Reason(ReasonCode.NOT_STAGED, "nothing is staged"))
        try:
            pending = read_pending(directory)
            if order and pending and pending.order != order:
                return Change(
                    changed=False,
                    reason=Reason(ReasonCode.DONE_BY_ANOTHER_RUN, "another run has staged something else"),
                )
            fingerprint = pending.public_key_sha256 if pending else "empty"
        except StoreError:
            fingerprint = "unreadable"
        place = str(layout.set_aside(name))
        if not check_mode:
            place = set_aside(directory, fingerprint)
        return Change(
            changed=True,
            reason=Reason(ReasonCode.SET_ASIDE, f"what was staged is kept in {place}"),
            before={"staged": fingerprint},
            after={"staged": None},
        )
