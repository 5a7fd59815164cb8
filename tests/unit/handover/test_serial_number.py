# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.certops.certum.plugins.module_utils._handover.serial_number import (
    canonical_serial_number,
    same_serial_number,
)

FORMS = ["0A1B2C", "a1b2c", "A1B2C", "0a:1b:2c", " 0A 1B\t2C ", "00:0a:1b:2c"]


@pytest.mark.parametrize("form", FORMS)
def test_each_form_is_the_same_number(form: str) -> None:
    assert canonical_serial_number(form) == "A1B2C"
    assert same_serial_number(form, "A1B2C")


def test_other_number_is_not_the_same() -> None:
    assert not same_serial_number("A1B2C0", "A1B2C")
