# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.certops.certum.plugins.module_utils._lifecycle.passphrases import passphrase_problems

GOOD = "correct horse"
NOT_USABLE = "shop: its passphrase is not a text of 8 to 128 printable ASCII characters"
DECLARED = "shop: its passphrase is part of a declaration, so it is not secret; choose another"


def item(*formats: str) -> dict[str, Any]:
    return {
        "name": "shop",
        "common_name": "shop.example.com",
        "subject_alt_name": ["www.shop.example.com"],
        "validation": {"webroot": "/srv/the-web-root"},
        "formats": list(formats),
    }


@pytest.mark.parametrize(
    ("formats", "passphrases", "problem"),
    [
        ((), {}, None),
        (("der", "haproxy"), {}, None),
        (
            ("pkcs12",),
            {},
            "shop: pkcs12 needs a passphrase; add one with this name to passphrases (certum_passphrases)",
        ),
        (
            ("jks", "pkcs12"),
            {"mail": GOOD},
            "shop: jks and pkcs12 needs a passphrase; add one with this name to passphrases (certum_passphrases)",
        ),
        (
            ("jks",),
            {"shpo": GOOD},
            "shop: jks needs a passphrase; add one with this name to passphrases (certum_passphrases); shpo there "
            "names no certificate",
        ),
        (("jks", "pkcs12"), {"shop": GOOD, "mail": GOOD}, None),
        (("jks",), {"shop": "1234567"}, NOT_USABLE),
        (("jks",), {"shop": "x" * 129}, NOT_USABLE),
        (("jks",), {"shop": "zażółcony"}, NOT_USABLE),
        (("jks",), {"shop": "two\nlines"}, NOT_USABLE),
        (
            ("jks",),
            {"shop": f"{GOOD}\n"},
            "shop: its passphrase ends with a line break, as text from a file often does",
        ),
        (("jks",), {"shop": f" {GOOD}"}, "shop: its passphrase begins with a blank, as text from a file often does"),
        (("jks",), {"shop": 1234567890}, NOT_USABLE),
        (("jks",), {"shop": None}, NOT_USABLE),
        ((), {"shop": "example.com"}, DECLARED),
        ((), {"shop": "www.shop"}, DECLARED),
        ((), {"shop": "the-web-root"}, DECLARED),
    ],
)
def test_keystore_passphrase_is_usable_and_hides_nothing_else(
    formats: tuple[str, ...], passphrases: dict[str, Any], problem: str | None
) -> None:
    found = [f"{name}: {text}" for name, text in passphrase_problems([item(*formats)], passphrases)]
    assert [text.partition(";")[0] for text in found] == ([problem.partition(";")[0]] if problem else [])
    assert not any(str(passphrase) in text for text in found for passphrase in passphrases.values())
