# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The client of a rehearsal: sends a request once, in any form, and records the answer as it is.

Private to the collection.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from .._partner_api.api_errors import AuthenticationError, CertumError
from .._partner_api.messages.base import as_utc
from .._partner_api.wire_form import WireForm
from .observed_answer import ObservedAnswer, observe

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from .._partner_api.client import PartnerApi
    from .._partner_api.enums import ApiOperation
    from .evidence import Evidence
    from .probe import Probe

USUAL = WireForm()


class RecordingClient:
    """Records what the CA answers to each probe. ``soap_action`` replaces that of the client once one is found."""

    def __init__(self, api: PartnerApi, evidence: Evidence) -> None:
        self._api = api
        self.evidence = evidence
        self.soap_action: str | None = None

    @property
    def host(self) -> str:
        return self._api.host

    def ask(self, operation: ApiOperation, body: Element, form: WireForm = USUAL) -> ObservedAnswer:
        """Send a request and return the answer. Raises CertumError."""
        if form.soap_action is None and self.soap_action is not None:
            form = replace(form, soap_action=self.soap_action)
        return observe(self._api.exchange(operation, body, form))

    def record(
        self, probe: Probe | None, operation: ApiOperation, body: Element, form: WireForm = USUAL
    ) -> ObservedAnswer | None:
        """Send a request and record the answer, None if none came. Raises AuthenticationError.

        Without a probe the answer is only returned.
        """
        try:
            answer = self.ask(operation, body, form)
        except AuthenticationError:
            raise
        except CertumError as error:
            if probe is not None:
                self.evidence.unanswered[probe] = error.why
            return None
        if probe is not None:
            self.evidence.answers[probe] = answer
        return answer


def time_in(answer: ObservedAnswer) -> datetime:
    """Return the CA's time in an answer, the controller's time if it has none."""
    return moment_of(answer.text("responseHeader/timestamp")) or datetime.now(timezone.utc)


def moment_of(text: str) -> datetime | None:
    """Return the moment, None for a text that is none."""
    try:
        return as_utc(datetime.fromisoformat(text.strip()))
    except (ValueError, OverflowError):
        return None
