# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Declarations, and a host on which the modules' engines get options that their argument specs accept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ansible_collections.certops.certum.plugins.module_utils._handover.certificate_results import CertificateResult
from ansible_collections.certops.certum.plugins.module_utils._host.adopt import adopt_all
from ansible_collections.certops.certum.plugins.module_utils._host.deploy import deploy_all
from ansible_collections.certops.certum.plugins.module_utils._host.info import read_info
from ansible_collections.certops.certum.plugins.module_utils._host.install import install_all
from ansible_collections.certops.certum.plugins.module_utils._host.plan import plan
from ansible_collections.certops.certum.plugins.module_utils._host.publish import publish_all
from ansible_collections.certops.certum.plugins.module_utils._host.stage import stage_all
from ansible_collections.certops.certum.plugins.module_utils._module.single_items import with_lists
from ansible_collections.certops.certum.plugins.module_utils._store.certificate_on_disk import Installed, read_installed
from ansible_collections.certops.certum.plugins.module_utils._store.layout import Layout
from ansible_collections.certops.certum.plugins.module_utils._store.version_choice import confirm
from ansible_collections.certops.certum.plugins.module_utils._x509.csr import read_request
from ansible_collections.certops.certum.tests.unit.store.world import ISSUING, ROOT, issue

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

CONTACT = {"first_name": "Ada", "last_name": "Nowak", "email": "ops@example.com"}
PROOF = ".well-known/pki-validation/certum.txt"


@dataclass
class Host:
    """``base`` is the store of certificates, ``web_root`` the directory of the web server."""

    base: Path
    web_root: Path

    @property
    def proof(self) -> str | None:
        path = self.web_root / PROOF
        return path.read_text() if path.exists() else None

    def declare(self, name: str = "shop", **more: Any) -> dict[str, Any]:
        return {
            "name": name,
            "common_name": f"{name}.example.com",
            "validation": {"method": "file", "webroot": str(self.web_root)},
            "contact": CONTACT,
            "remaining_days": 60,
            **more,
        }

    def read(self, name: str = "shop") -> Installed:
        return read_installed(Layout(self.base), name)

    def plan(self, *items: dict[str, Any], now: str | None = "2026-11-23", **more: Any) -> dict[str, Any]:
        given = {"certificates": declarations(items), "defaults": None, "now": now, "policy": None, "replace": []}
        others = {
            "path": str(self.base),
            "api_environment": None,
            "check_revocation": False,
            "declared_elsewhere": None,
            "host": "web1",
        }
        return dict(plan({**others, "passphrases": {}, **given, **more}, False))

    def info(self, *items: dict[str, Any], now: str | None = "2026-11-23", **more: Any) -> dict[str, dict[str, Any]]:
        """Return the reported certificates by name."""
        given = {"certificates": declarations(items), "defaults": None, "now": now, "declared_elsewhere": []}
        params = {"path": str(self.base), "api_environment": None, **given, **more}
        found: list[Any] = read_info(params, False)["certificates"]
        return {each["name"]: each for each in found}

    def stage(self, *items: dict[str, Any], check_mode: bool = False, **more: Any) -> dict[str, Any]:
        params = {
            "path": str(self.base),
            "certificates": declarations(items),
            "host": "web1",
            "order_again": [],
            "revoked": [],
        }
        return dict(
            stage_all({**params, "api_environment": None, "command_timeout": 60, "trial": False, **more}, check_mode)
        )

    def challenge(self, items: list[Any], orders: list[Any], *, check_mode: bool = False) -> dict[str, Any]:
        return dict(
            publish_all({"path": str(self.base), "certificates": declarations(items), "orders": orders}, check_mode)
        )

    def install(self, *items: dict[str, Any], check_mode: bool = False, **more: Any) -> dict[str, Any]:
        params = {"path": str(self.base), "certificates": declarations(items), "orders": [], "keep_versions": 3}
        others = {"state": "present", "api_environment": None}
        return dict(install_all({**others, "passphrases": {}, **params, **more}, check_mode))

    def confirm(self, name: str = "shop") -> None:
        """Mark the certificates as verified."""
        confirm(Layout(self.base), name)

    def deploy(self, *items: dict[str, Any], check_mode: bool = False, **more: Any) -> dict[str, Any]:
        params = {"path": str(self.base), "certificates": declarations(items), "state": "deployed"}
        return dict(deploy_all({**params, "command_timeout": 60, "verify_timeout": 0, **more}, check_mode))

    def adopt(self, *items: dict[str, Any], check_mode: bool = False, **more: Any) -> dict[str, Any]:
        params = {"path": str(self.base), "certificates": declarations(items), "orders": [], **more}
        return adopt_all(params, check_mode)

    def have(self, *items: dict[str, Any], **details: Any) -> None:
        """Stage, issue with these details of the certificate, and install, without a check of the service."""
        orders = self.stage(*({key: item[key] for key in item if key != "deploy"} for item in items))["orders"]
        result = self.install(*items, orders=[answer(order, **details) for order in orders])
        assert result["problems"] == []


def declarations(items: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the declarations as Ansible gives them to a module."""
    declared: list[dict[str, Any]] = with_lists({"certificates": list(items)})["certificates"]
    return declared


def answer(order: dict[str, Any], state: str = "issued", *, code: str | None = None, **details: Any) -> dict[str, Any]:
    """Return the result of certum_certificates for an order."""
    method, request = order["validation"]["method"], read_request(order["csr_content"])
    content = f"{code}-certum.pl"
    files = [{"name": "any", "url": "http://any/", "content": content}] if method == "file" else []
    shown = {"method": method, "code": code, "names": list(request.names), "files": files, "records": []}
    issued = issue(order["csr_content"], names=request.names, **details) if state == "issued" else None
    return {
        **dict.fromkeys(CertificateResult.__annotations__),
        "name": order["name"],
        "operation": order["operation"],
        "order_id": order.get("order_id"),
        "public_key_sha256": request.public_key_sha256,
        "state": state,
        "validation": shown if code else None,
        "certificate": issued.certificate_pem if issued else None,
        "chain": [ISSUING.pem, ROOT.pem] if issued else None,
    }
