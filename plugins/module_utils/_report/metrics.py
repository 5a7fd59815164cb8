# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The estate as metrics for Prometheus, in the text format that node_exporter reads from a file.

Private to the collection. Pure. A time is in seconds since 1970. A value that is not known has no series.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING

from .._handover.serial_number import same_serial_number
from .._handover.terms import AccountState, CertificateState, HostState
from .._third_party.prometheus import CollectorRegistry, Gauge, generate_latest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .._handover.estate import Estate, EstateCertificate

Series = tuple[str, tuple[str, ...], float]
"""The name of a metric, the values of its labels, and its value."""

OF_CERTIFICATE = ("host", "name")
METRICS: dict[str, tuple[str, tuple[str, ...]]] = {
    "certum_certificate_info": (
        "A certificate of a host. The value is always 1.",
        (*OF_CERTIFICATE, "common_name", "product", "share", "serial_number", "declared"),
    ),
    "certum_certificate_state": (
        "The state of a certificate. The value is always 1.",
        (*OF_CERTIFICATE, "state", "reason"),
    ),
    "certum_certificate_not_after_seconds": ("Expiry date of the certificate in use.", OF_CERTIFICATE),
    "certum_certificate_due_seconds": ("Moment from which the certificate is due.", OF_CERTIFICATE),
    "certum_certificate_term_end_seconds": ("Estimated end of the paid term.", OF_CERTIFICATE),
    "certum_certificate_verified": (
        "Whether a handshake has shown the certificate in use. Only for certificates with a service.",
        OF_CERTIFICATE,
    ),
    "certum_certificate_former_valid_until_seconds": (
        "Moment at which the CA revokes the certificate in use, because it was reissued.",
        OF_CERTIFICATE,
    ),
    "certum_order_pending_since_seconds": (
        "Moment at which a pending order was recorded.",
        (*OF_CERTIFICATE, "operation", "waits_for"),
    ),
    "certum_certificates": ("Number of certificates in a state.", ("state",)),
    "certum_host_reported": ("Whether a host of the play sent its report.", ("host",)),
    "certum_forecast_operations": (
        "Expected purchases and reissues of a month, if certificates live at most so many days.",
        ("lifetime_days", "month", "operation"),
    ),
    "certum_report_account_failed": ("Whether the account at the CA could not be read.", ()),
    "certum_report_limited": ("Whether --limit left hosts out of the report.", ()),
    "certum_report_time_seconds": ("Time of the report.", ()),
}
"""The metrics with their help texts and labels."""


def render_metrics(estate: Estate) -> str:
    """Return the content of the file."""
    registry = CollectorRegistry()
    gauges = {name: Gauge(name, help_, labels, registry=registry) for name, (help_, labels) in METRICS.items()}
    for name, labels, value in _series(estate):
        gauge = gauges[name]
        (gauge.labels(*labels) if labels else gauge).set(value)
    return generate_latest(registry).decode()


def _series(estate: Estate) -> Iterator[Series]:
    counts = Counter(each["state"] for each in estate["certificates"])
    for certificate in estate["certificates"]:
        yield from _of_certificate(certificate)
    for state in CertificateState.values():
        yield "certum_certificates", (state,), counts[state]
    for host in estate["hosts"]:
        yield "certum_host_reported", (host["name"],), host["state"] == HostState.REPORTED
    for forecast in estate["forecasts"]:
        days = str(forecast["lifetime_days"])
        for month in forecast["months"]:
            yield "certum_forecast_operations", (days, month["month"], "purchase"), month["purchases"]
            yield "certum_forecast_operations", (days, month["month"], "reissue"), month["reissues"]
    yield "certum_report_account_failed", (), estate["account"] == AccountState.FAILED
    yield "certum_report_limited", (), estate["limit"] is not None
    yield "certum_report_time_seconds", (), _seconds(estate["generated_at"])


def _of_certificate(certificate: EstateCertificate) -> Iterator[Series]:
    which = (certificate["host"], certificate["name"])
    order, former = certificate["order"], certificate["former"]
    texts = [certificate["common_name"], certificate["product"], certificate["share"], certificate["serial_number"]]
    yield "certum_certificate_info", (*which, *(each or "" for each in texts), _word(certificate["declared"])), 1
    yield "certum_certificate_state", (*which, certificate["state"], certificate["reason"]["code"]), 1
    times = {
        "certum_certificate_not_after_seconds": certificate["not_after"],
        "certum_certificate_due_seconds": certificate["due_at"],
        "certum_certificate_term_end_seconds": certificate["term_end"],
        "certum_certificate_former_valid_until_seconds": former["valid_until"] if former else None,
    }
    for name, text in times.items():
        if text:
            yield name, which, _seconds(text)
    if certificate["services"] and certificate["serial_number"]:
        yield "certum_certificate_verified", which, _is_verified(certificate)
    if order:
        labels = (*which, order["operation"], order["waits_for"])
        yield "certum_order_pending_since_seconds", labels, _seconds(order["created"])


def _is_verified(certificate: EstateCertificate) -> bool:
    return same_serial_number(certificate["verified_serial_number"] or "", certificate["serial_number"] or "")


def _word(value: object) -> str:
    return "true" if value else "false"


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()
