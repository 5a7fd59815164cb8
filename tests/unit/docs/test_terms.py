# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation and roles use the words of the enumerations, although they are static YAML."""

from __future__ import annotations

import pytest
from ansible_collections.certops.certum.plugins.module_utils._controller.document import TYPES
from ansible_collections.certops.certum.plugins.module_utils._handover.terms import (
    AdminPrefix,
    BatchStep,
    BusinessCategory,
    CertificateState,
    DeclaredState,
    Environment,
    FailOn,
    Format,
    KeyLocation,
    KeyType,
    Language,
    OnMistake,
    Operation,
    PlanAction,
    ProductKind,
    PurchasePolicy,
    RevokeReason,
    RollbackScope,
    Sent,
    ServiceState,
    State,
    SummaryReport,
    TransferState,
    ValidationMethod,
    Waiting,
)
from ansible_collections.certops.certum.plugins.module_utils._partner_api.enums import OrderState, RevocationReason
from ansible_collections.certops.certum.plugins.module_utils._rehearsal.finding import Answered
from ansible_collections.certops.certum.tests.unit.docs.documentation import described, with_nested

CHOICES: dict[str, tuple[list[str], ...]] = {
    "action": (PlanAction.values(),),
    "admin_prefix": (AdminPrefix.values(),),
    "api_environment": (Environment.values(),),
    "business_category": (BusinessCategory.values(),),
    "certum_api_environment": (["", *Environment.values()],),
    "certum_awx_api_environment": (["", *Environment.values()],),
    "certum_fail_on": (FailOn.values(),),
    "certum_formats": (Format.values(),),
    "certum_language": (Language.values(),),
    "certum_preflight": (["no", *reversed(OnMistake.values())],),
    "certum_purchase": (PurchasePolicy.values(),),
    "certum_rollback": (RollbackScope.values(),),
    "environment": (Environment.values(),),
    "fail_on": (FailOn.values(),),
    "formats": (Format.values(),),
    "language": (Language.values(),),
    "method": (ValidationMethod.values(),),
    "on_mistake": (OnMistake.values(),),
    "operation": (Operation.values(),),
    "product_kind": ([kind.value for kind in ProductKind if kind is not ProductKind.UNKNOWN],),
    "report": (SummaryReport.values(),),
    "revoke_reason": (RevokeReason.values(),),
    "sent": (Sent.values(),),
    "step": (BatchStep.values(),),
    "state": (
        DeclaredState.values(),
        TransferState.values(),
        ServiceState.values(),
        State.values(),
        OrderState.values(),
        CertificateState.values(),
    ),
    "type": (KeyType.values(), list(TYPES)),
    "location": (KeyLocation.values(),),
    "waits_for": (Waiting.values(),),
    "answered": (Answered.values(),),
}
"""The choices that an option or a result of this name may have."""

OF_COMMUNITY_GENERAL = {"role certum: certum_mail: secure"}

DESCRIBED = [option for where, options in described() for option in with_nested(where, options)]


@pytest.mark.parametrize(
    ("path", "name", "option"), [pytest.param(*each, id=each[0]) for each in DESCRIBED if "choices" in each[2]]
)
def test_documented_choices_are_those_of_an_enumeration(path: str, name: str, option: dict[str, object]) -> None:
    if path not in OF_COMMUNITY_GENERAL:
        assert option["choices"] in CHOICES[name]


def test_every_enumeration_is_documented_somewhere() -> None:
    documented = [option["choices"] for _path, _name, option in DESCRIBED if "choices" in option]
    assert [each for lists in CHOICES.values() for each in lists if each not in documented] == []


def test_every_reason_to_revoke_is_one_of_the_api() -> None:
    assert {reason.api_value for reason in RevokeReason} == {reason.value for reason in RevocationReason}
