# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Metrics, alerts and dashboard agree, and the tools of Prometheus accept them."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from ansible_collections.certops.certum.plugins.module_utils._handover.foreign_text import quote
from ansible_collections.certops.certum.plugins.module_utils._report.estate_of_play import HostResults, estate_of
from ansible_collections.certops.certum.plugins.module_utils._report.metrics import METRICS, render_metrics
from ansible_collections.certops.certum.tests.unit.docs.documentation import COLLECTION
from ansible_collections.certops.certum.tests.unit.report.reported import NOW, day, host, info, pending
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard
from prometheus_client.parser import text_string_to_metric_families

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ansible_collections.certops.certum.plugins.module_utils._handover.estate import Estate

FILES = COLLECTION / "roles/certum_report/files"
RULES = FILES / "certum.rules.yml"
DASHBOARD = json.loads((FILES / "grafana-dashboard.json").read_text())
ALERTS = {rule["alert"]: rule for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]}
PROMTOOL = shutil.which("promtool")
needs_promtool = pytest.mark.skipif(PROMTOOL is None, reason="promtool is missing: tools/need-debian prometheus")
EVIL = 'a"b\\c{d="e"} 1\n# HELP x'


def estate() -> Estate:
    former = {"serial_number": "AB12", "valid_until": day(9)}
    shop = info(former=former, verified_serial_number="0000ab12", common_name=EVIL)
    waits = info("mail", state="pending", order=pending(), services=[], due_at=None, verified_serial_number=None)
    old = info("old", declared=False, verified_serial_number=None)
    hosts = [host("web1", shop, waits, old), HostResults("gone", {"unreachable": True}, None)]
    return estate_of(hosts, now=NOW)


def promtool(*words: str, text: str | None = None) -> str:
    """Return the output. Fails if promtool has any remark."""
    assert PROMTOOL
    run = subprocess.run([PROMTOOL, *words], input=text, capture_output=True, text=True, check=False, timeout=60)
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout + run.stderr


def series(text: str) -> dict[tuple[str, ...], float]:
    found = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            found[(sample.name, *sample.labels.values())] = sample.value
    return found


def test_metrics_are_those_of_the_estate() -> None:
    found = series(render_metrics(estate()))
    assert found["certum_certificate_verified", "web1", "shop"] == 1, "serial numbers are equal in any form"
    assert found["certum_certificate_verified", "web1", "old"] == 0
    assert ("certum_certificate_verified", "web1", "mail") not in found, "no service uses it"
    assert ("certum_certificate_due_seconds", "web1", "mail") not in found
    assert found["certum_certificate_not_after_seconds", "web1", "shop"] == NOW.timestamp() + 149 * 86400
    assert found["certum_certificate_former_valid_until_seconds", "web1", "shop"] == NOW.timestamp() + 9 * 86400
    since = found["certum_order_pending_since_seconds", "web1", "mail", "order", "next_run"]
    assert since == NOW.timestamp() - 4 * 86400
    assert (found["certum_host_reported", "web1"], found["certum_host_reported", "gone"]) == (1, 0)
    assert (found["certum_certificates", "pending"], found["certum_certificates", "broken"]) == (1, 0)
    assert found["certum_report_time_seconds",] == NOW.timestamp()
    names = [each[1] for each in found if each[0] == "certum_certificate_info"]  # labels are sorted
    assert sorted(names) == [quote(EVIL), "mail.example.com", "old.example.com"]
    assert {each[0] for each in found} == {*METRICS}


@needs_promtool
def test_promtool_accepts_metrics_and_rules() -> None:
    assert promtool("check", "metrics", text=render_metrics(estate())) == ""
    assert f"{len(ALERTS)} rules found" in promtool("check", "rules", str(RULES))


DAY = 86400
AT = 5 * DAY
"""The tests of alerts look at this time, in seconds."""
WHICH = '{host="web1",name="shop"}'
ORDER = '{host="web1",name="shop",operation="order",waits_for="ca_staff"}'
FRESH = {"certum_report_time_seconds": AT - 60}
CASES: dict[str, tuple[dict[str, int], dict[str, int]]] = {
    "CertumCertificateExpired": (
        {f"certum_certificate_not_after_seconds{WHICH}": AT - 1},
        {f"certum_certificate_not_after_seconds{WHICH}": AT + 1},
    ),
    "CertumCertificateExpiresSoon": (
        {f"certum_certificate_not_after_seconds{WHICH}": AT + 6 * DAY},
        {f"certum_certificate_not_after_seconds{WHICH}": AT + 8 * DAY},
    ),
    "CertumCertificateNotReplaced": (
        {
            f"certum_certificate_due_seconds{WHICH}": AT - 4 * DAY,
            f"certum_certificate_not_after_seconds{WHICH}": AT + DAY,
        },
        {
            f"certum_certificate_due_seconds{WHICH}": AT - 2 * DAY,
            f"certum_certificate_not_after_seconds{WHICH}": AT + DAY,
        },
    ),
    "CertumCertificateNeedsAction": (
        {'certum_certificate_state{host="web1",name="shop",state="broken",reason="not_usable"}': 1},
        {'certum_certificate_state{host="web1",name="shop",state="pending",reason="pending_order"}': 1},
    ),
    "CertumCertificateNotVerified": (
        {f"certum_certificate_verified{WHICH}": 0},
        {f"certum_certificate_verified{WHICH}": 1},
    ),
    "CertumOrderPending": (
        {f"certum_order_pending_since_seconds{ORDER}": AT - 4 * DAY},
        {f"certum_order_pending_since_seconds{ORDER}": AT - 2 * DAY},
    ),
    "CertumFormerCertificateInUse": (
        {f"certum_certificate_former_valid_until_seconds{WHICH}": AT + 6 * DAY},
        {f"certum_certificate_former_valid_until_seconds{WHICH}": AT + 8 * DAY},
    ),
    "CertumHostNotReported": ({'certum_host_reported{host="gone"}': 0}, {'certum_host_reported{host="web1"}': 1}),
    "CertumAccountFailed": ({"certum_report_account_failed": 1}, {"certum_report_account_failed": 0}),
    "CertumReportLimited": ({"certum_report_limited": 1}, {"certum_report_limited": 0}),
    "CertumReportTooOld": (
        {"certum_report_time_seconds": AT - 27 * 3600},
        {"certum_report_time_seconds": AT - 25 * 3600},
    ),
    "CertumReportMissing": ({"up": 1}, FRESH),
}
"""Each alert, with metrics that lead to it and metrics that do not."""


def rule_tests() -> Iterator[dict[str, Any]]:
    """Yield the tests for promtool: which alerts fire after five days."""
    for alert, (fires, silent) in CASES.items():
        for metrics, count in ((fires, 1), (silent, 0)):
            yield {
                "name": f"{alert} {count}",
                "interval": "30m",
                "input_series": [{"series": each, "values": f"{value}x300"} for each, value in metrics.items()],
                "promql_expr_test": [
                    {
                        "expr": f'count(ALERTS{{alertname="{alert}",alertstate="firing"}})',
                        "eval_time": f"{AT}s",
                        "exp_samples": [{"labels": "{}", "value": 1}] if count else [],
                    }
                ],
            }


@needs_promtool
def test_each_alert_fires_when_it_should_and_only_then(tmp_path: Path) -> None:
    assert CASES.keys() == ALERTS.keys()
    tests = tmp_path / "tests.yml"
    content = {"rule_files": [str(RULES)], "evaluation_interval": "30m", "tests": list(rule_tests())}
    tests.write_text(yaml.safe_dump(content))
    assert "SUCCESS" in promtool("test", "rules", str(tests))


@needs_promtool
def test_text_of_an_alert_has_its_values(tmp_path: Path) -> None:
    alert = ALERTS["CertumCertificateExpiresSoon"]
    shown = {"$labels.host": "web1", "$labels.name": "shop", "$value | humanizeDuration": "6d 0h 0m 0s"}
    written = alert["annotations"].items()
    texts = {name: re.sub(r"{{ (.*?) }}", lambda found: shown[found.group(1)], text) for name, text in written}
    metrics, dummy = CASES["CertumCertificateExpiresSoon"]
    expected = {"exp_labels": {"severity": "page", "host": "web1", "name": "shop"}, "exp_annotations": texts}
    test = {
        "interval": "30m",
        "input_series": [{"series": each, "values": f"{value}x300"} for each, value in metrics.items()],
        "alert_rule_test": [{"eval_time": f"{AT}s", "alertname": alert["alert"], "exp_alerts": [expected]}],
    }
    tests = tmp_path / "tests.yml"
    tests.write_text(yaml.safe_dump({"rule_files": [str(RULES)], "evaluation_interval": "30m", "tests": [test]}))
    assert "SUCCESS" in promtool("test", "rules", str(tests))


def expressions() -> list[str]:
    return [target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]]


def test_alerts_and_dashboard_use_only_metrics_that_exist() -> None:
    queries = [*expressions(), *(rule["expr"] for rule in ALERTS.values())]
    queries += [each["query"] for each in DASHBOARD["templating"]["list"]]
    used = {name for query in queries for name in re.findall(r"certum_[a-z_]+", query)}
    assert used <= {*METRICS}
    assert {*METRICS} - used == set(), "every metric is on the dashboard or in an alert"


def test_readme_lists_every_metric_and_every_alert() -> None:
    rows = re.findall(
        r"^\| `(\w+)(.*?)` \| (\w*)", (COLLECTION / "roles/certum_report/README.md").read_text(), re.MULTILINE
    )
    labels = {name: tuple(re.findall(r"\w+", found)) for name, found, _next in rows if name in METRICS}
    assert labels == {name: known for name, (_help, known) in METRICS.items()}
    severities = {name: severity for name, _labels, severity in rows if name in ALERTS}
    assert severities == {name: rule["labels"]["severity"] for name, rule in ALERTS.items()}


def test_labels_of_alerts_exist() -> None:
    for rule in ALERTS.values():
        (name, *_others) = re.findall(r"certum_[a-z_]+", rule["expr"])
        labels = re.findall(r"\$labels\.(\w+)", json.dumps(rule["annotations"]))
        assert set(labels) <= set(METRICS[name][1]), rule["alert"]


@needs_promtool
def test_queries_of_the_dashboard_are_valid(tmp_path: Path) -> None:
    rules = [{"record": f"query:{number}", "expr": text} for number, text in enumerate(expressions())]
    path = tmp_path / "queries.yml"
    path.write_text(yaml.safe_dump({"groups": [{"name": "dashboard", "rules": rules}]}))
    promtool("check", "rules", "--lint=none", str(path))


def lost(given: Any, kept: Any, where: str = "") -> Iterator[str]:
    """Yield what the model of Grafana does not know."""
    if isinstance(given, dict) and isinstance(kept, dict):
        for key, value in given.items():
            yield from lost(value, kept.get(key), f"{where}.{key}")
    elif isinstance(given, list) and isinstance(kept, list) and len(given) == len(kept):
        for number, (value, other) in enumerate(zip(given, kept, strict=True)):
            yield from lost(value, other, f"{where}[{number}]")
    elif given != kept:
        yield where


def test_dashboard_has_the_schema_of_grafana() -> None:
    register_default_plugins()
    known = json.loads(JSONEncoder().encode(Dashboard.from_json(DASHBOARD)))
    assert list(lost(DASHBOARD, known)) == []
    wrong = {**DASHBOARD, "titel": "x"}
    assert list(lost(wrong, json.loads(JSONEncoder().encode(Dashboard.from_json(wrong))))) == [".titel"]
    numbers = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(set(numbers)) == len(numbers)
