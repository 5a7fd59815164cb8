# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The names of all elements that the schema and the sources have in answers (partner-api.md 2, 3).

Private to the collection. Another name in an answer is newer than these sources.
"""

from __future__ import annotations

KNOWN_ELEMENTS = frozenset(
    (
        "DNSNames Error FQDN FQDNs Order ParsedCSR SANVerification X509Cert approverEmail approverMethod "
        "businessCategory caBundle certificateDetails certificateNotificationEnabled certificateStatus code "
        "commonName country createDate currentPage customer description document documents email "
        "emailVerification endDate errorCode errors expireDate expiringCertificates expiringDate file fileName "
        "files firstName hashAlgorithm info invalidSerialNumbers joILN joISoCN joISoPN lastName lastUpdateDate "
        "locality manualVerification method orderDate orderDetails orderID orderStatus orders organization "
        "organizationInfo organizationalUnit pagesCount phone postalCode product productCode products "
        "requestorInfo responseHeader returnCount revokedDate sanVerification sanVerifications sendDate "
        "serialNumber startDate state streetAddress subjectName successCode supportedHashAlgorithms "
        "systemVerification taxIdentificationNumber timestamp type validityDaysLeft validityPeriod value "
        "verification verificationDate verificationLinkValidityDate verificationValidity verifications verified"
    ).split()
)
