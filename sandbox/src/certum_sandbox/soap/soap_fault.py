# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""SOAP faults: the response to a request that no error code describes."""

from __future__ import annotations

from enum import StrEnum


class FaultCode(StrEnum):
    """The fault codes of SOAP 1.1, section 4.4.1."""

    CLIENT = "Client"
    SERVER = "Server"
    VERSION_MISMATCH = "VersionMismatch"
    MUST_UNDERSTAND = "MustUnderstand"


class SoapFault(Exception):  # noqa: N818 - SOAP's own word
    """An exception that ends a call with a SOAP fault. ``str()`` returns the fault string."""

    def __init__(self, message: str, code: FaultCode = FaultCode.CLIENT) -> None:
        super().__init__(message)
        self.code = code
