# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reports for the operator although nothing is due."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.certops.certum.plugins.module_utils._host import findings
from ansible_collections.certops.certum.tests.unit.store.world import tree

if TYPE_CHECKING:
    from ansible_collections.certops.certum.tests.unit.host.declared import Host


def found(host: Host, *items: dict[str, Any], **more: Any) -> list[tuple[str, str, str]]:
    planned = host.plan(*items, **{"declared_elsewhere": [], **more})
    assert planned["problems"] == []
    return [(each["name"], each["reason"]["code"], each["reason"]["text"]) for each in planned["findings"]]


@pytest.mark.parametrize(
    ("declared", "options", "expected"),
    [
        pytest.param(["shop"], {}, {"old": "expires on 2027-05-19"}, id="the last day is reported"),
        pytest.param(["shop"], {"now": "2027-06-01"}, {"old": "expired on 2027-05-19"}, id="expired"),
        pytest.param([], {}, {"old": "expires on", "shop": "expires on"}, id="nothing is declared"),
        pytest.param(["shop"], {"declared_elsewhere": ["old"]}, {}, id="another call declares it"),
        pytest.param(["shop"], {"declared_elsewhere": None}, {}, id="declarations of others are unknown"),
        pytest.param(["shop", "old"], {}, {}, id="all declared"),
    ],
)
def test_undeclared_certificate_is_reported_and_kept(
    host: Host, declared: list[str], options: dict[str, Any], expected: dict[str, str]
) -> None:
    for name in ("shop", "old"):
        host.have(host.declare(name))
    before = tree(host.base)

    told = found(host, *map(host.declare, declared), **options)

    assert [name for name, _code, _text in told] == list(expected)
    for name, code, text in told:
        assert code == "not_declared"
        assert text.startswith(f"{host.base}/{name} ")
        assert expected[name] in text
        assert f"{{name: {name}, state: absent}}" in text
    assert tree(host.base) == before


def test_only_directories_of_certificates_are_reported(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    """A move left a link. Of declared certificates nothing is read for this."""
    host.have(host.declare())
    host.stage(host.declare("begun"))
    (host.base / "former").symlink_to("shop")
    (host.base / "notes").mkdir()
    (host.base / "lost+found" / "versions").mkdir(parents=True)
    (host.base / "README").write_text("")
    read = []
    real = findings.read_installed

    def reading(layout: Any, name: str) -> Any:
        read.append(name)
        return real(layout, name)

    monkeypatch.setattr(findings, "read_installed", reading)
    ((name, _code, text),) = found(host, host.declare())
    assert (name, read) == ("begun", ["begun"])
    assert "has no certificate; its order begun-" in text
    assert "certum_cancel -a order_id=begun-" in text


def test_unreadable_directory_is_reported(host: Host) -> None:
    (host.base / "odd" / "staged").mkdir(parents=True)
    (host.base / "odd" / "versions").write_text("")
    ((name, _code, text),) = found(host)
    assert name == "odd"
    assert "cannot be read" in text


@pytest.mark.parametrize(
    ("deploy", "told"),
    [
        pytest.param({"service": "imapd"}, True, id="no address"),
        pytest.param({"service": "nginx"}, False, id="an address is looked for later"),
        pytest.param({"service": "imapd", "verify": []}, False, id="no address on purpose"),
        pytest.param({"service": "imapd", "verify": ["127.0.0.1:993"]}, False, id="an address"),
        pytest.param(None, False, id="not deployed"),
    ],
)
def test_unverifiable_deployment_is_reported(host: Host, deploy: dict[str, Any] | None, told: bool) -> None:
    item = host.declare(**({"deploy": deploy} if deploy else {}))
    assert [code for _name, code, _text in found(host, item)] == ["not_verified"] * told
    assert found(host, {"name": "shop", "state": "absent", **({"deploy": deploy} if deploy else {})}) == []
