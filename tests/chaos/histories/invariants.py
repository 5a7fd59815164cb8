# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The invariants: at every call that changes the disk, in every result, after every run, and at the end."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ansible_collections.certops.certum.plugins.module_utils._x509.certificate_facts import read_certificate
from ansible_collections.certops.certum.plugins.module_utils._x509.keys import public_key_sha256_of_private
from ansible_collections.certops.certum.plugins.module_utils._x509.pem import certificates_in
from ansible_collections.certops.certum.tests.chaos.histories.declared import CODES
from ansible_collections.certops.certum.tests.chaos.histories.purchases import Want, unjustified

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from ansible_collections.certops.certum.tests.chaos.histories.declared import Declared
    from ansible_collections.certops.certum.tests.chaos.histories.host import Site


class Invariants:
    """The invariants of one host, and the state that their checks need."""

    def __init__(self, site: Site) -> None:
        self.site, self.base = site, site.host.base
        self.installed: set[str] = set()
        """Keys that were in a version on disk."""
        self.in_place: set[str] = set()

    def begin_run(self) -> None:
        self.in_place = {name for name in self.site.declared if self._pair(name)}

    def watch_disk(self) -> None:
        """Check after each call that changes the disk: an installed certificate stays, and every pair matches."""
        for name, declared in self.site.declared.items():
            if not self._pair(name) and name in self.in_place:
                assert declared.absent, f"{name}: nothing is installed any more"

    def watch_result(self, result: Mapping[str, Any]) -> None:
        text = json.dumps(result, default=str)
        assert "PRIVATE KEY" not in text, "a private key is in a result"
        for path in self.base.glob("**/privkey.pem"):
            body = "".join(path.read_text().splitlines()[1:-1])
            assert body[16:80] not in text, f"{path} is in a result"

    def check_purchases(self, before: Sequence[Mapping[str, Any]], order_again: Sequence[str]) -> None:
        known = {order["orderID"] for order in before}
        for name, declared in self.site.declared.items():
            of_customer = [order for order in before if order["customer"] == f"{self.site.name}/{name}"]
            bought = [order for order in self.site.orders_of(name) if order["orderID"] not in known]
            assert not (bought and declared.absent), f"{name} is declared absent, and was ordered: {bought}"
            want = Want(CODES[declared.product], tuple(declared.names(self.site.domain)))
            dealt_with = self.site.rejections_dealt_with | {
                order["orderID"]
                for order in of_customer
                if name in order_again or order["entries"][-1]["publicKeySha256"] in self.site.forgotten
            }
            for order in bought:
                why_not = unjustified(of_customer, want, now=self.site.ca.now, dealt_with=dealt_with)
                assert why_not is None, f"{name}: {order['orderID']} was ordered, but {why_not}"
                of_customer.append(order)

    def check_keys(self) -> None:
        """Check that every pair matches and that no key of a pending order is lost."""
        for name in self.site.declared:
            self._pair(name)
            self.installed |= {*_keys_in(self.base / name / "versions")}
        for order in self.site.orders():
            name = order["customer"].partition("/")[2]
            there: set[str] | None = None
            for entry in order["entries"]:
                key = entry["publicKeySha256"]
                refused = order["state"] == "REJECTED" and entry["serialNumber"] is None
                if refused or key in self.site.forgotten | self.installed:
                    continue
                there = {*_keys_in(self.base / name)} if there is None else there
                assert key in there, f"the key of order {order['orderID']} ({order['state']}) is lost"

    def check_settled(self) -> None:
        """Check that everything is as declared."""
        for declared in self.site.declared.values():
            self._check_settled(declared)

    def _check_settled(self, declared: Declared) -> None:
        installed = self.site.host.read(declared.name)
        if declared.absent:
            assert not (self.base / declared.name).exists(), "it is declared absent and still there"
            return
        current = installed.current
        assert current is not None, f"{declared.name} is not installed"
        assert current.facts is not None
        assert current.facts.not_after > self.site.ca.now, f"{declared.name} has expired"
        assert set(declared.names(self.site.domain)) <= set(current.facts.names)
        assert str(current.facts.key_spec).startswith(declared.key)
        assert installed.staged is None

    def _pair(self, name: str) -> bool:
        """Return whether there is a pair; fail if it does not match."""
        current = self.base / name / "current"
        try:
            key, chain = (current / "privkey.pem").read_bytes(), (current / "fullchain.pem").read_text()
        except FileNotFoundError:
            return False
        assert _fingerprint(key) == _leaf_key(chain), f"{name}: key and chain do not belong together"
        return True


def _keys_in(directory: Path) -> Iterator[str]:
    return (_fingerprint(path.read_bytes()) for path in directory.glob("**/privkey.pem"))


@lru_cache(maxsize=1024)
def _fingerprint(key: bytes) -> str:
    return public_key_sha256_of_private(key)


@lru_cache(maxsize=1024)
def _leaf_key(full_chain: str) -> str:
    return read_certificate(certificates_in(full_chain)[0]).public_key_sha256
