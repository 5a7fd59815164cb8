# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reasons for actions and states: a stable code for playbooks, and a text for the operator.

Private to the collection. Pure, and imports nothing of the other rooms. docs/reasons.md lists the codes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypedDict

from .terms import Term

if TYPE_CHECKING:
    from collections.abc import Iterable


class ReasonCode(Term):
    """All codes of reasons. The text of a reason may change, but its code does not."""

    # of a summary
    NOTHING_TO_DO = "nothing_to_do"
    SEVERAL = "several"
    REPORTED = "reported"
    VARIABLES_READ = "variables_read"
    VARIABLES_REFUSED = "variables_refused"
    NOTHING_DECLARED = "nothing_declared"
    NAME_NOT_DECLARED = "name_not_declared"

    # a certificate is needed, or must be installed, deployed or removed
    REQUESTED = "requested"
    PENDING_ORDER = "pending_order"
    NOT_ON_DISK = "not_on_disk"
    NOT_USABLE = "not_usable"
    DAMAGED = "damaged"
    ENVIRONMENT_DIFFERS = "environment_differs"
    REVOKED = "revoked"
    NAMES_DIFFER = "names_differ"
    PRODUCT_DIFFERS = "product_differs"
    KEY_DIFFERS = "key_differs"
    EXPIRED = "expired"
    EXPIRES_SOON = "expires_soon"
    REPLACE_REQUESTED = "replace_requested"
    NOT_INSTALLED = "not_installed"
    NOT_DEPLOYED = "not_deployed"
    DEPLOYMENT_DIFFERS = "deployment_differs"
    RENAMED = "renamed"
    STAGING_LEFT = "staging_left"
    KEY_ACCESS_DIFFERS = "key_access_differs"
    DIRECTORY_ACCESS_DIFFERS = "directory_access_differs"
    FORMATS_DIFFER = "formats_differ"
    DECLARED_ABSENT = "declared_absent"
    DECLARED_PRESENT = "declared_present"
    NOT_DECLARED = "not_declared"
    NOT_VERIFIED = "not_verified"

    # the operation that leads to a certificate
    NO_PREDECESSOR = "no_predecessor"
    ORDER_NOT_KNOWN = "order_not_known"
    NAMES_REMOVED = "names_removed"
    COMMON_NAME_DIFFERS = "common_name_differs"
    NAMES_NOT_ADDED = "names_not_added"
    NAMES_ADDED = "names_added"
    NO_RENEWAL_CODE = "no_renewal_code"
    TERM_ENDS = "term_ends"
    REISSUE_IS_FREE = "reissue_is_free"

    # the result of an order
    CURRENT = "current"
    FILES_MISSING = "files_missing"
    ORDERED = "ordered"
    REISSUED = "reissued"
    RENEWED = "renewed"
    RESUMED = "resumed"
    NEW_CODE = "new_code"
    WAITING = "waiting"
    WAITING_FOR_PEOPLE = "waiting_for_people"
    ISSUED = "issued"
    CERTIFICATE_EXPIRED = "certificate_expired"
    REJECTED = "rejected"
    NOT_ORDERED = "not_ordered"
    PURCHASE_NOT_ALLOWED = "purchase_not_allowed"
    NAMES_DECLARED_TWICE = "names_declared_twice"
    OUTCOME_UNKNOWN = "outcome_unknown"
    NOT_ASKED = "not_asked"
    WOULD_ORDER = "would_order"
    WOULD_REISSUE = "would_reissue"
    WOULD_RENEW = "would_renew"
    WOULD_RESUME = "would_resume"
    ACCEPTED = "accepted"
    CANCELLED = "cancelled"
    WOULD_CANCEL = "would_cancel"
    REVOKING = "revoking"
    WOULD_REVOKE = "would_revoke"
    DOCUMENTS_ATTACHED = "documents_attached"
    WOULD_ATTACH_DOCUMENTS = "would_attach_documents"
    NOT_WAITING = "not_waiting"

    # the actions of a host
    KEY_STAGED = "key_staged"
    KEY_SEALED = "key_sealed"
    ORDER_OF_ANOTHER_HOST = "order_of_another_host"
    SHARED_ASSIGNED = "shared_assigned"
    SHARED_SUPPLIED = "shared_supplied"
    STAGED_BEFORE = "staged_before"
    REQUEST_STAGED = "request_staged"
    DONE_BY_ANOTHER_RUN = "done_by_another_run"
    NOT_STAGED = "not_staged"
    ORDER_RECORDED = "order_recorded"
    ORDER_FORGOTTEN = "order_forgotten"
    SET_ASIDE = "set_aside"
    NOT_VALIDATED_BY_FILE = "not_validated_by_file"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"
    NOT_PUBLISHED = "not_published"
    NOT_ISSUED_YET = "not_issued_yet"
    INSTALLED = "installed"
    DEPLOYED = "deployed"
    WOULD_DEPLOY = "would_deploy"
    NOT_RUNNING = "not_running"
    NO_SERVICE = "no_service"
    LEFT_ALONE = "left_alone"
    ROLLED_BACK = "rolled_back"
    NOT_ROLLED_BACK = "not_rolled_back"
    NOT_RELOADED = "not_reloaded"
    OUT_OF_SERVICE = "out_of_service"
    REMOVED = "removed"
    KEPT = "kept"
    VERIFIED = "verified"
    ADOPTED = "adopted"

    # a problem
    UNREACHABLE = "unreachable"
    NO_ANSWER = "no_answer"
    CREDENTIALS_REFUSED = "credentials_refused"
    REFUSED = "refused"
    NOT_VALIDATED = "not_validated"
    FAILED = "failed"

    # the account
    WRITTEN = "written"
    REPLACED = "replaced"
    UNREADABLE = "unreadable"
    NOT_TLS = "not_tls"
    NOT_DECLARABLE = "not_declarable"
    CHECKED = "checked"
    MISTAKE = "mistake"
    DOMAIN_NOT_VALIDATED = "domain_not_validated"
    AUTOMATIC_CHECK_FAILED = "automatic_check_failed"
    NOT_ACCEPTED = "not_accepted"


class ShownReason(TypedDict):
    """A reason as a part of a result."""

    code: str
    text: str


@dataclass(frozen=True)
class Reason:
    """A code, and a text with the details."""

    code: ReasonCode
    text: str

    def __str__(self) -> str:
        return self.text

    def shown(self) -> ShownReason:
        """Return the reason as a part of a result."""
        return {"code": self.code.value, "text": self.text}

    def and_then(self, words: str) -> Reason:
        """Return the reason with more words at the end of its text."""
        return replace(self, text=f"{self.text}{words}")


def as_reason(shown: ShownReason) -> Reason:
    """Return the reason that a result shows."""
    return Reason(ReasonCode(shown["code"]), shown["text"])


def summary(reasons: Iterable[tuple[str, Reason]], *, otherwise: str) -> Reason:
    """Return one reason for several named ones. It has their code if that is the same for all.

    ``otherwise`` is the text if there are no reasons.
    """
    each = list(reasons)
    if not each:
        return Reason(ReasonCode.NOTHING_TO_DO, otherwise)
    codes = {reason.code for _name, reason in each}
    text = "; ".join(f"{name}: {reason}" if name else str(reason) for name, reason in each)
    return Reason(codes.pop() if len(codes) == 1 else ReasonCode.SEVERAL, text)
