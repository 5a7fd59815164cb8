# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Switches the version in use: activates the newest, rolls back to the former, and records the verified one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from .._handover.reasons import Reason, ReasonCode
from .certificate_on_disk import Installed, read_inside
from .change import Change
from .directory_access import drifted_base, drifted_directories
from .format_files import complete_formats
from .former_version import former_version
from .key_repair import repair_keys
from .layout import CURRENT, VERIFIED, VERSIONS
from .lock import certificate_directory
from .restored_copies import without_copy
from .service_record import record_services
from .staging import retire
from .store_errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from .._lifecycle.verified_services import VerifiedService
    from .._x509.certificate_facts import CertificateFacts
    from .atomic_files import Directory
    from .layout import Layout
    from .possible_formats import Formats
    from .version_health import InstalledVersion


def activate(layout: Layout, name: str, *, formats: Formats | None = None, check_mode: bool = False) -> Change:
    """Point `current` at the newest good version, and clear staged files that its installation left behind.

    First repairs the mode and owner of directories and keys, and makes the *formats* of every version as declared.
    Raises StoreError if there is no good version, or a format cannot be made.
    """
    opened = (*drifted_base(layout), *drifted_directories(layout, name))
    change = _activate(layout, name, formats=formats, check_mode=check_mode)
    return _with_directories(change, opened) if opened else change


def _with_directories(change: Change, repaired: tuple[str, ...]) -> Change:
    words = f"; wrong mode or owner of directories: {', '.join(repaired)}"
    code = change.reason.code if change.changed else ReasonCode.DIRECTORY_ACCESS_DIFFERS
    return replace(
        change,
        changed=True,
        reason=replace(change.reason.and_then(words), code=code),
        before={**change.before, "directories": list(repaired)},
        after={**change.after, "directories": []},
        redeploy=True,
    )


def _activate(layout: Layout, name: str, *, formats: Formats | None, check_mode: bool) -> Change:
    with certificate_directory(layout, name, check_mode=check_mode) as directory:
        before = read_inside(directory, name) if directory else Installed(name)
        newest = before.newest_good
        if directory is None or newest is None or newest.facts is None:
            raise StoreError(
                "There is nothing to install",
                path=layout.versions(name),
                why="; ".join(before.problems) or "no certificate is on disk yet",
                remedy="Issue the certificate, then run again.",
            )
        serial_number = newest.serial_number
        made: tuple[str, ...] = ()
        repaired = Change(False, Reason(ReasonCode.CURRENT, ""))
        if formats:
            repaired = repair_keys(directory, before, formats.ownership, check_mode=check_mode)
            made = complete_formats(directory, before, formats, newest=serial_number, check_mode=check_mode)
        switched = point(directory, CURRENT, serial_number, check_mode=check_mode)
        left_over = before.staged is not None and before.staged.public_key_sha256 == newest.facts.public_key_sha256
        if left_over and not check_mode:
            retire(directory)
    state = "was installed" if switched else "is installed"
    cleared = ", and its staged files were removed" if left_over else ""
    written = f"; {', '.join(made)} had to be made as declared" if made else ""
    kept = f"; {repaired.reason}" if repaired.changed else ""
    code = (
        ReasonCode.INSTALLED if switched else _code_of(left_over=left_over, made=bool(made), repaired=repaired.changed)
    )
    reason = Reason(code, f"certificate {serial_number} {state}{cleared}{written}{kept}")
    was, becomes = ({"outdated": list(files)} if made else {} for files in (made, ()))
    return Change(
        bool(switched or left_over or made or repaired.changed),
        reason,
        {**describe(before.current), **was, **repaired.before},
        {**describe(newest), **becomes, **repaired.after},
        redeploy=repaired.changed,
    )


def confirm(
    layout: Layout,
    name: str,
    *,
    deployed: Sequence[VerifiedService] = (),
    whole: bool = True,
    check_mode: bool = False,
) -> Change:
    """Record that the version in use was verified for the services *deployed*. Raises StoreError if none is in use.

    Points `verified` at it, unless *whole* is false: then another service of the certificate is not verified yet.
    """
    with certificate_directory(layout, name, check_mode=check_mode) as directory:
        before = read_inside(directory, name) if directory else Installed(name)
        if directory is None or before.current is None:
            raise StoreError(
                "There is nothing to confirm",
                path=layout.current(name),
                why="no installed version is in use",
                remedy="Install the certificate (certum_install), then run again.",
            )
        serial_number = before.current.serial_number
        recorded = record_services(directory, deployed, serial_number, check_mode=check_mode)
        changed = whole and point(directory, VERIFIED, serial_number, check_mode=check_mode)
    was = before.verified.serial_number if before.verified else None
    services = {"services": [each.service for each in deployed]} if recorded else {}
    return Change(
        changed or recorded,
        Reason(ReasonCode.DEPLOYED, f"certificate {serial_number} is deployed"),
        {VERIFIED: was, **{key: [] for key in services}},
        {VERIFIED: serial_number if whole else was, **services},
    )


def roll_back(layout: Layout, name: str, *, now: datetime, check_mode: bool = False) -> Change:
    """Point `current` at the version that was verified last, or else at the good version before the current one.

    If there is none, or it has expired at *now*, nothing changes, and the returned reason names that.
    """
    with certificate_directory(layout, name, check_mode=check_mode) as directory:
        before = read_inside(directory, name) if directory else Installed(name)
        target = _previous(before)
        if directory is None or target is None or _has_expired(target, now):
            return Change(
                False,
                Reason(ReasonCode.NOT_ROLLED_BACK, _why_not(before, target)),
                describe(before.current),
                describe(before.current),
            )
        changed = point(directory, CURRENT, target.serial_number, check_mode=check_mode)
    came_from = before.current.serial_number if before.current else "nothing"
    words = f"rolled back from certificate {came_from} to {target.serial_number}, {_merit(before, target)}"
    reason = Reason(ReasonCode.ROLLED_BACK, words)
    return Change(changed, reason, describe(before.current), describe(target))


def return_to_former(layout: Layout, name: str, *, now: datetime, check_mode: bool = False) -> Change:
    """Point `current` at the version before it, although the version in use may have been verified. Raises StoreError.

    If there is none that is valid for long enough, nothing changes, and the returned reason names that.
    """
    with certificate_directory(layout, name, check_mode=check_mode) as directory:
        before = read_inside(directory, name) if directory else Installed(name)
        target, why_not = former_version(before, now)
        if directory is None or target is None:
            was = describe(before.current)
            return Change(False, Reason(ReasonCode.NOT_ROLLED_BACK, why_not), was, was)
        changed = point(directory, CURRENT, target.serial_number, check_mode=check_mode)
    came_from = before.current.serial_number if before.current else "nothing"
    reason = Reason(ReasonCode.ROLLED_BACK, f"rolled back from certificate {came_from} to {target.serial_number}")
    return Change(changed, reason, describe(before.current), describe(target))


def _code_of(*, left_over: bool, made: bool, repaired: bool) -> ReasonCode:
    """Return the reason code for a certificate that was installed before."""
    if made:
        return ReasonCode.FORMATS_DIFFER
    if repaired:
        return ReasonCode.KEY_ACCESS_DIFFERS
    return ReasonCode.STAGING_LEFT if left_over else ReasonCode.CURRENT


def _previous(installed: Installed) -> InstalledVersion | None:
    current = installed.current
    if installed.verified is not None and installed.verified.good:
        return None if installed.verified is current else installed.verified
    if current is None:
        return None
    return installed.good_before(current)


def _has_expired(version: InstalledVersion, now: datetime) -> bool:
    return version.facts is not None and now >= version.facts.not_after


def _merit(installed: Installed, target: InstalledVersion) -> str:
    return "the last verified one" if target is installed.verified else "the good one before it"


def _why_not(installed: Installed, expired: InstalledVersion | None) -> str:
    if expired is not None and expired.facts is not None:
        stays = (
            f"certificate {installed.current.serial_number} stays"
            if installed.current
            else "no certificate is installed"
        )
        end = f"{expired.facts.not_after:%Y-%m-%d %H:%M} UTC"
        return f"{stays}: {expired.serial_number}, {_merit(installed, expired)}, expired on {end}"
    if installed.current is None:
        return "no certificate is in use, so there is nothing to roll back"
    if installed.verified is installed.current:
        return f"certificate {installed.current.serial_number} stays: it is the last verified one"
    return f"certificate {installed.current.serial_number} stays: there is no good one before it"


def point(directory: Directory, link: str, serial_number: str, *, check_mode: bool) -> bool:
    """Point a link at a version. Return whether that changes anything."""
    target = f"{VERSIONS}/{serial_number}"
    if directory.link_target(link) == target:
        return False
    if not check_mode:
        with without_copy(directory, link):
            directory.link(link, target)
    return True


def describe(version: InstalledVersion | None) -> Mapping[str, object]:
    """Return the facts of a version for diff mode, empty for none or an unreadable one."""
    return facts_for_diff(version.facts) if version and version.facts else {}


def facts_for_diff(facts: CertificateFacts) -> Mapping[str, object]:
    """Return the facts of a certificate for diff mode."""
    return {
        "serial_number": facts.serial_number,
        "common_name": facts.common_name,
        "names": list(facts.names),
        "issuer": facts.issuer,
        "key": str(facts.key_spec) if facts.key_spec else None,
        "not_before": facts.not_before.isoformat(),
        "not_after": facts.not_after.isoformat(),
    }
