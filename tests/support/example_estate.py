# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An estate for tests and for pictures in the documentation: 12 certificates in all states, or as many as needed."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from ansible_collections.certops.certum.plugins.module_utils._handover.problems import Problem
from ansible_collections.certops.certum.plugins.module_utils._handover.reasons import ReasonCode

if TYPE_CHECKING:
    from ansible_collections.certops.certum.plugins.module_utils._handover.estate import (
        Estate,
        EstateCertificate,
        EstateHost,
        Forecast,
        PendingOrderInfo,
    )
    from ansible_collections.certops.certum.plugins.module_utils._handover.reasons import ShownReason

NOW = datetime(2026, 11, 29, 7, 0, tzinfo=timezone.utc)
LIFETIME = 199
TERM = 365
TERMS = {"state", "code", "operation", "waits_for", "account", "generated_at", "month"}
TIMES = {"not_before", "not_after", "due_at", "term_end", "created", "valid_until"}
FORMER = "2AF1C09B7E5510D34C88"


def after(days: float) -> str:
    """Return the moment so many days after the report."""
    return (NOW + timedelta(days=days)).isoformat()


def reason(code: ReasonCode, text: str) -> ShownReason:
    return {"code": code.value, "text": text}


CURRENT = reason(ReasonCode.CURRENT, "the certificate is current")


def certificate(
    name: str, host: str, *, age: float = 60, lifetime: float = LIFETIME, **changes: Any
) -> EstateCertificate:
    """Return a certificate that was issued so many days before the report, verified at its service."""
    serial = f"{0x3F9C0D5E7A41C60B93E7 * (sum(map(ord, name + host)) + 1):X}"
    common_name = f"{name}.example.com"
    values: Any = {
        "name": name,
        "host": host,
        "declared": True,
        "common_name": common_name,
        "names": [common_name],
        "product": "commercial_ssl",
        "share": None,
        "state": "current",
        "reason": CURRENT,
        "operation": "reissue",
        "serial_number": serial,
        "verified_serial_number": serial,
        "not_before": after(-age),
        "not_after": after(lifetime - age),
        "due_at": after(lifetime * 0.7 - age),
        "term_end": after(TERM - age),
        "order_id": f"{name}-{serial[-10:].lower()}",
        "remaining_days": None,
        "remaining_percentage": None,
        "services": [{"service": "nginx", "addresses": [f"{common_name}:443"]}],
        "order": None,
        "former": None,
        "reissues": [],
        **changes,
    }
    found: EstateCertificate = values
    return found


def nothing_installed(name: str, host: str, **changes: Any) -> EstateCertificate:
    """Return a declared certificate that does not exist yet."""
    unknown = ("serial_number", "verified_serial_number", "not_before", "not_after", "due_at", "term_end", "order_id")
    return certificate(name, host, **{**dict.fromkeys(unknown), "services": [], "operation": "order", **changes})


def pending(order_id: str, waits_for: str, text: str, *, days: float, operation: str = "order") -> PendingOrderInfo:
    return {
        "order_id": order_id,
        "operation": operation,
        "created": after(-days),
        "waits_for": waits_for,
        "reason": reason(ReasonCode.WAITING, text),
    }


def host(name: str, state: str = "reported", *problems_and_remedies: tuple[str, str]) -> EstateHost:
    problems = [Problem(f"{text} {remedy}", remedy).shown() for text, remedy in problems_and_remedies]
    return {"name": name, "state": state, "problems": problems}


def forecast(lifetime_days: int, purchases: list[int], reissues: list[int]) -> Forecast:
    months = [f"{2026 + (10 + number) // 12}-{(10 + number) % 12 + 1:02}" for number in range(12)]
    return {
        "lifetime_days": lifetime_days,
        "months": [
            {"month": month, "purchases": bought, "reissues": free}
            for month, bought, free in zip(months, purchases, reissues)
        ],
    }


def example_estate() -> Estate:
    """Return 12 certificates on 6 hosts in all states. Two more hosts did not report."""
    return {
        "format": 1,
        "generated_at": NOW.isoformat(),
        "limit": None,
        "account": "read",
        "problems": [],
        "hosts": [
            *(host(name) for name in ("web1", "web2", "web3", "mail1", "db1", "app1")),
            host("web4", "unreachable", ("Failed to connect to the host via ssh.", "Start the host and run again.")),
            host(
                "old1",
                "failed",
                (
                    "The Python package cryptography is missing on the host.",
                    "Install python3-cryptography on the host and run again.",
                ),
            ),
        ],
        "certificates": [*_in_trouble(), *_in_progress(), *_current()],
        "forecasts": [
            forecast(200, [1, 1, 0, 1, 1, 1, 2, 1, 0, 1, 1, 1], [2, 1, 1, 0, 1, 1, 1, 1, 2, 0, 1, 0]),
            forecast(100, [1, 1, 0, 1, 1, 1, 2, 1, 0, 1, 1, 1], [3, 3, 2, 3, 4, 2, 3, 3, 3, 4, 2, 3]),
            forecast(47, [1, 1, 0, 1, 1, 1, 2, 1, 0, 1, 1, 1], [7, 8, 9, 8, 7, 8, 7, 9, 8, 8, 9, 7]),
        ],
    }


def _in_trouble() -> list[EstateCertificate]:
    return [
        certificate(
            "tickets",
            "app1",
            age=201,
            state="expired",
            reason=reason(ReasonCode.EXPIRED, "the certificate expired on 2026-11-27"),
            operation="order",
        ),
        certificate(
            "backup",
            "db1",
            age=90,
            state="broken",
            reason=reason(ReasonCode.DAMAGED, "privkey.pem does not belong to cert.pem"),
            verified_serial_number=None,
            services=[],
        ),
        certificate(
            "shop",
            "web1",
            age=150,
            state="due",
            reason=reason(ReasonCode.EXPIRES_SOON, "the certificate expires in 49 days, it is due since 2026-11-18"),
            names=["shop.example.com", "www.shop.example.com"],
        ),
        certificate(
            "mail",
            "mail1",
            age=361,
            lifetime=365,
            state="due",
            product="trusted_ssl",
            reason=reason(ReasonCode.TERM_ENDS, "the paid term ends on 2026-12-03"),
            operation="renew",
            services=[
                {"service": "postfix", "addresses": ["mail.example.com:25"]},
                {"service": "dovecot", "addresses": ["mail.example.com:993"]},
            ],
        ),
        nothing_installed(
            "metrics", "app1", state="missing", reason=reason(ReasonCode.NOT_ON_DISK, "no certificate is installed")
        ),
    ]


def _in_progress() -> list[EstateCertificate]:
    return [
        nothing_installed(
            "api",
            "app1",
            state="pending",
            product="trusted_ssl",
            operation=None,
            reason=reason(ReasonCode.PENDING_ORDER, "order api-3f9c0d5e7a is pending since 2026-11-25"),
            order=pending("api-3f9c0d5e7a", "ca_staff", "the CA verifies the organization", days=4),
        ),
        certificate(
            "wiki",
            "web2",
            age=142,
            state="pending",
            operation=None,
            reason=reason(ReasonCode.PENDING_ORDER, "the reissue in order wiki-77ab01c2d9 is pending"),
            order=pending(
                "wiki-77ab01c2d9",
                "domain_holder",
                "the CA does not find the validation file of wiki.example.com",
                days=0.4,
                operation="reissue",
            ),
        ),
        certificate(
            "portal",
            "web3",
            age=8,
            lifetime=190,
            state="incomplete",
            reason=reason(ReasonCode.NOT_DEPLOYED, "nginx still uses the former certificate"),
            serial_number=FORMER,
            verified_serial_number=FORMER,
            former={"serial_number": FORMER, "valid_until": after(6)},
        ),
    ]


def _current() -> list[EstateCertificate]:
    return [
        certificate(
            "chat",
            "web1",
            age=3,
            share="chat",
            names=["chat.example.com", "*.chat.example.com"],
            product="commercial_wildcard",
        ),
        certificate("status", "web2", age=75),
        certificate("docs", "web3", age=30, verified_serial_number=None, services=[]),
        certificate(
            "intranet-2024",
            "db1",
            age=100,
            declared=False,
            reason=reason(ReasonCode.NOT_DECLARED, "no declaration has this name"),
            operation=None,
            due_at=None,
            verified_serial_number=None,
            services=[],
        ),
    ]


def large_estate(count: int) -> Estate:
    """Return an estate of that many certificates, five on each host, in a realistic mixture of states."""
    example = example_estate()
    unusual = [*_in_trouble(), *_in_progress()]
    certificates: list[EstateCertificate] = []
    for number in range(count):
        on = f"{('web', 'app', 'mail', 'db')[number // 5 % 4]}{number // 5 + 1:04}.prod.example.net"
        if number % 10 == 0:
            model = unusual[number // 10 % len(unusual)]
            certificates.append({**model, "name": f"{model['name']}-{number}", "host": on})
        else:
            certificates.append(certificate(f"service-{number}", on, age=number * 37 % 135))
    names = dict.fromkeys(each["host"] for each in certificates)
    hosts = [*(host(name) for name in names), *example["hosts"][-2:]]
    return {**example, "hosts": hosts, "certificates": certificates}


def texts_changed(value: Any, by: str, key: str = "") -> Any:
    """Return the same estate with a text at the end of every text that is no term and no time."""
    if isinstance(value, dict):
        return {name: texts_changed(each, by, name) for name, each in value.items()}
    if isinstance(value, list):
        return [texts_changed(each, by, key) for each in value]
    # A line break in a problem is a paragraph, so it changes more than text.
    is_foreign = isinstance(value, str) and key not in TERMS | TIMES
    return value + " ".join(by.splitlines()) if is_foreign else value
