# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One host's store, a CA, and the shortest way from the CA to an installed certificate."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from ansible_collections.certops.certum.plugins.module_utils._store.atomic_files import Ownership
from ansible_collections.certops.certum.plugins.module_utils._store.certificate_check import ReceivedCertificate
from ansible_collections.certops.certum.plugins.module_utils._store.certificate_on_disk import Installed, read_installed
from ansible_collections.certops.certum.plugins.module_utils._store.installation import install
from ansible_collections.certops.certum.plugins.module_utils._store.layout import Layout
from ansible_collections.certops.certum.plugins.module_utils._store.metadata import IssuedOrder, OrderRecord, OrderStage
from ansible_collections.certops.certum.plugins.module_utils._store.possible_formats import Formats
from ansible_collections.certops.certum.plugins.module_utils._store.staged_order import record_order
from ansible_collections.certops.certum.plugins.module_utils._store.staging import Staged, WantedRequest, stage
from ansible_collections.certops.certum.tests.unit.x509.authority import EC256, Authority
from cryptography import x509

if TYPE_CHECKING:
    from pathlib import Path

    from ansible_collections.certops.certum.plugins.module_utils._store.change import Change

NAME = "shop"
NAMES = ("shop.example.com", "www.shop.example.com")
WANTED = WantedRequest(common_name=NAMES[0], names=NAMES, key_spec=EC256)
NOW = datetime(2026, 11, 23, tzinfo=timezone.utc)
KEY_MODE = Ownership(0o640)

ROOT = Authority.make("Sandbox Root")
ISSUING = Authority.make("Sandbox Issuing CA", parent=ROOT)


def issue(
    csr_pem: str, *, names: tuple[str, ...] = NAMES, ca: Authority = ISSUING, **details: Any
) -> ReceivedCertificate:
    public_key = x509.load_pem_x509_csr(csr_pem.encode()).public_key()
    leaf = ca.sign(public_key, names[0] if names else "nobody", names=names, **details)
    return ReceivedCertificate(
        leaf, (ROOT.pem, ISSUING.pem), IssuedOrder(order_id="shop-1", customer="web1-shop", product="601")
    )


def order(order_id: str = "shop-1") -> OrderRecord:
    return OrderRecord(
        order_id, "web1-shop", "601", NOW, OrderStage.PLACED, validation_code="3f9c", validation_method="FILE"
    )


@dataclass
class World:
    base: Path
    now: datetime = NOW
    layout: Layout = field(init=False)

    def __post_init__(self) -> None:
        self.layout = Layout(self.base)

    def read(self) -> Installed:
        return read_installed(self.layout, NAME)

    def stage(self, wanted: WantedRequest = WANTED, **options: Any) -> Staged:
        return stage(self.layout, NAME, wanted, **options)

    def install(self, issued: ReceivedCertificate, **options: Any) -> Change:
        given = {"names": NAMES, "now": self.now, "formats": Formats(KEY_MODE), **options}
        return install(self.layout, NAME, issued, **given)

    def renew(self) -> str:
        """Stage, order, issue and install one certificate; a day goes by. Return its serial number."""
        self.now += timedelta(days=1)
        issued = issue(self.stage().csr_pem)
        record_order(self.layout, NAME, order())
        self.install(issued)
        current = self.read().current
        assert current is not None
        return current.serial_number


def tree(base: Path) -> dict[str, object]:
    """Return everything below a directory: links, modes, contents and times, to show that nothing changed."""
    return {
        str(path.relative_to(base)): (
            path.readlink() if path.is_symlink() else path.stat().st_mode,
            path.lstat().st_mtime_ns,
            path.read_bytes() if path.is_file() and not path.is_symlink() else None,
        )
        for path in sorted(base.rglob("*"))
    }
