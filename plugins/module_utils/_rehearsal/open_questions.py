# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The open questions about the CA, as certum-sandbox has them for dialects, and how a rehearsal answers each.

Private to the collection. Pure. A test compares this table with the dialects of certum-sandbox.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable

from . import call_conclusions as call
from . import data_conclusions as data
from .comparisons import COMPARISONS
from .finding import Answered, cannot_be_seen

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .evidence import Evidence
    from .finding import Finding

_DAYS = "the answer takes days, and a rehearsal takes minutes"
_PUBLISHED = "a rehearsal publishes no validation file and no validation record"
_REISSUE = "a reissue would revoke a certificate of the account"
_RENEWAL = "a renewal is an order for a certificate of the account"

_CONCLUSIONS: dict[str, Callable[[Evidence], Finding]] = {
    "prefix": call.prefix,
    "soap-action": call.soap_action,
    "compressed-requests": call.compressed_requests,
    "bad-credentials": call.bad_credentials,
    "empty-errors": call.empty_errors,
    "reported-errors": call.reported_errors,
    "already-done-value": call.already_done_value,
    "extra-elements": call.extra_elements,
    "extra-values": call.extra_values,
    "jurisdiction-case": call.jurisdiction_case,
    "revocation-reasons": call.revocation_reasons,
    "sni-operations": call.sni_operations,
    "sni-reference": call.sni_reference,
    "optional-dates": data.optional_dates,
    "serial-form": data.serial_form,
    "page-size": data.page_size,
    "page-header": data.page_header,
    "return-count": data.return_count,
    "empty-result": data.empty_result,
    "range-end": data.range_end,
    "pem": data.pem,
    "bundle-order": data.bundle_order,
    "bundle-root": data.bundle_root,
    "dns-names": data.dns_names,
    "certificate-of-order": data.certificate_of_order,
    "unissued-certificate": data.unissued_certificate,
    "approver-email": data.approver_email,
    "system-verification": data.system_verification,
    "system-blocks": data.system_blocks,
    "wildcard-fqdn": data.wildcard_fqdn,
    "validity-unit": data.validity_unit,
    "documents-list": data.documents_list,
    "document-details": data.document_details,
    **{question: comparison.conclude for question, comparison in COMPARISONS.items()},
}

UNSEEN: Mapping[str, str] = {
    "lock-out": "three wrong passwords could lock the account",
    "code-life": _DAYS,
    "polling": _PUBLISHED,
    "dns-climb": _PUBLISHED,
    "dns-alias": _PUBLISHED,
    "file-newline": _PUBLISHED,
    "redirects": _PUBLISHED,
    "mailbox-link-life": "a rehearsal sends no mail",
    "proof-reuse": _REISSUE,
    "reissue-code": _REISSUE,
    "reissue-end": _REISSUE,
    "reissue-known-names": _REISSUE,
    "reissue-without-csr": _REISSUE,
    "renewal-answer": _RENEWAL,
    "renewal-carry-over": _RENEWAL,
    "renewal-after-expiry": _RENEWAL,
}
"""The questions that a rehearsal cannot answer, with the reason."""

KNOWN_VALUES: Mapping[str, tuple[str, ...]] = {
    "prefix": ("ns2", "ns2-all", "default", "none"),
    "soap-action": ("ignored", "required", "empty"),
    "compressed-requests": ("415", "fault"),
    "jurisdiction-case": ("lower", "mixed"),
    "bad-credentials": ("3", "2"),
    "empty-errors": ("no", "yes"),
    "reported-errors": ("all", "first", "last"),
    "already-done-value": ("absent", "present"),
    "extra-elements": ("no", "yes"),
    "extra-values": ("no", "yes"),
    "optional-dates": ("present", "absent"),
    "serial-form": ("upper", "colons"),
    "page-size": ("100", "1000", "3"),
    "page-header": ("present", "absent"),
    "return-count": ("total", "page"),
    "empty-result": ("success", "1155"),
    "range-end": ("included", "excluded"),
    "pem": ("lf", "crlf", "bare", "unwrapped"),
    "bundle-order": ("issuing-first", "root-first"),
    "bundle-root": ("yes", "no"),
    "dns-names": ("comma", "comma-space", "semicolon", "space", "newline", "prefixed", "absent"),
    "certificate-of-order": ("newest", "oldest"),
    "unissued-certificate": ("1159", "empty"),
    "approver-email": ("absent", "present"),
    "system-verification": ("INTERNAL", "SYSTEM"),
    "system-blocks": ("separate", "joined"),
    "wildcard-fqdn": ("as-ordered", "base"),
    "validity-unit": ("days", "months", "years"),
    "revocation-reasons": ("all", "2021", "2026"),
    "documents-list": ("documents", "flat"),
    "document-details": ("present", "absent"),
    "sni-operations": ("present", "absent"),
    "sni-reference": ("either-or-both", "one"),
    **{question: (each.same, each.other) for question, each in COMPARISONS.items()},
}
"""The values that certum-sandbox has for each question that can be answered."""


def conclude(evidence: Evidence) -> dict[str, Finding]:
    """Return the finding of every question, in alphabetical order."""
    found = {question: answer(evidence) for question, answer in _CONCLUSIONS.items()}
    found |= {question: cannot_be_seen(reason) for question, reason in UNSEEN.items()}
    return dict(sorted(found.items()))


def dialect_of(findings: Mapping[str, Finding]) -> dict[str, str]:
    """Return the seen values that certum-sandbox knows."""
    return {
        question: finding.value
        for question, finding in findings.items()
        if finding.answered is Answered.SEEN and finding.value in KNOWN_VALUES[question]
    }
