# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run certum_report on the controller: read the frozen variables, ask the account if there are credentials.

Private to the collection.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ansible.module_utils.parsing.convert_bool import boolean

from .._controller.report import ReportSettings, write_report
from .._controller.report_files import ReportFileError
from .._handover.problems import KnownError
from .._store.ownership import ownership
from .._store.store_errors import StoreError
from .._third_party.controller_packages import CONTROLLER_PACKAGES_MISSING
from .._third_party.host_packages import HOST_PACKAGES_MISSING
from .._third_party.prometheus import PROMETHEUS_MISSING
from .account_access import account_of, open_account
from .missing_packages import packages_sentence
from .secret_masking import mask_sentences

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from .._partner_api.client import PartnerApi
    from .._report.estate_of_play import HostResults

DEFAULT_MODE = "0644"


class MissingPackageError(KnownError):
    """A package of the controller is missing."""


def run_report(
    values: Mapping[str, Any],
    hosts: Sequence[HostResults],
    *,
    now: datetime,
    limit: str | None,
    templates: Path,
    check_mode: bool,
) -> dict[str, Any]:
    """Return the result of the module. ``values`` are the variables by name without prefix. Raises KnownError."""
    metrics = _path(values, "report_metrics_dest")
    missing = (*CONTROLLER_PACKAGES_MISSING, *HOST_PACKAGES_MISSING, *(PROMETHEUS_MISSING if metrics else ()))
    if missing:
        words = packages_sentence(missing)
        raise MissingPackageError(words, remedy=words)
    settings = ReportSettings(
        page=_path(values, "report_dest"),
        json=_path(values, "report_json_dest"),
        metrics=metrics,
        ownership=_ownership(values),
        templates=templates,
    )
    account = account_of(values)
    done = write_report(hosts, settings, now=now, limit=limit, open_api=_access(values), check_mode=check_mode)
    return mask_sentences(dict(done), {account.api_password} - {""})  # type: ignore[no-any-return]


def _access(values: Mapping[str, Any]) -> Callable[[], PartnerApi] | None:
    """Return the way to the account. Without credentials, or if the operator forbids it, no call is made."""
    account = account_of(values)
    asks = boolean(values.get("report_account", True)) and (account.api_username or account.api_password)
    return partial(open_account, account) if asks else None


def _path(values: Mapping[str, Any], name: str) -> Path | None:
    text = values.get(name)
    return Path(text).absolute() if text else None


def _ownership(values: Mapping[str, Any]) -> Any:
    try:
        return ownership(
            mode=values.get("report_mode") or DEFAULT_MODE,
            owner=values.get("report_owner") or None,
            group=values.get("report_group") or None,
        )
    except StoreError as error:
        remedy = "Correct the variable, then run again."
        words = f"The report was not written: certum_report_{error.path}: {error.why}. {remedy}"
        raise ReportFileError(words, remedy=remedy) from None
