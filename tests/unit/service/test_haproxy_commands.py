# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Commands for HAProxy are one word for each file name, and its answers, quoted from the program, are read."""

from __future__ import annotations

import re

import pytest
from ansible_collections.certops.certum.plugins.module_utils._service import haproxy_commands
from ansible_collections.certops.certum.plugins.module_utils._service.haproxy_commands import (
    HaproxyError,
    Inventory,
    RuntimeCertificate,
)
from ansible_collections.certops.certum.plugins.module_utils._x509 import keys
from ansible_collections.certops.certum.plugins.module_utils._x509.keys import to_pem
from ansible_collections.certops.certum.tests.unit.x509.authority import EC256, Authority, der_of
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from hypothesis import example, given
from hypothesis import strategies as st

SHOP = "/etc/certum/shop/current/haproxy.pem"
SHOWN = f"""\
Filename: {SHOP}
Status: Used
Serial: 00667AB8D4DBDDDD9CF2928DF623563E18F7F212
notBefore: Nov 28 18:41:38 2026 GMT
notAfter: Jan 17 18:41:38 2027 GMT
Subject Alternative Name: DNS:shop.example.com, DNS:www.shop.example.com
Algorithm: RSA2048
SHA1 FingerPrint: 7E8379358C9236E545C170628A02A8D1D7F93B53
Subject: /CN=shop.example.com
Issuer: /CN=Status: Unused
Chain Subject: /CN=root
Chain Issuer: /CN=root

"""
NOT_FOUND = "Can't display the certificate: Not found or the certificate is a bundle!\n\n"
MISMATCH = f"inconsistencies between private key and certificate loaded '{SHOP}'.\nCan't commit {SHOP}!\n\n"
COMMITTED = f"Committing {SHOP}.\nSuccess!\n\n"
BROKEN_COMMIT = f"Committing {SHOP}.\nCannot allocate memory\nFailed!\n\n"
MASTER = "Unknown command: 'show ssl cert', but maybe one of the following ones is a better match:\n  help\n"


def words_of(line: str) -> list[str]:
    """Split a command as HAProxy does (cli_parse_request of 2.2 to 3.0)."""
    return [re.sub(r"\\(.)", r"\1", word) for word in re.findall(r"(?:[^ \t\\]|\\.)+", line)]


@given(st.text(min_size=1))
@example("/a b/c;shutdown sessions server x/y")
@example("/etc/back\\slash.pem")
@example("/x.pem\nshutdown frontend web")
@example("/x.pem <<\n")
@example("*")
def test_any_name_is_one_word_or_refused(name: str) -> None:
    try:
        line = haproxy_commands.command("commit", name)
    except HaproxyError:
        assert re.search(r"[\x00-\x1f\x7f]|<<|^\*", name)
    else:
        assert words_of(line) == ["commit", "ssl", "cert", name]
        assert not re.search(r"\n|\r|\x00|<<|(?<!\\)(\\\\)*;", line)


@pytest.mark.parametrize("name", ["", "*", "*/x.pem", "/x\n.pem", "/x\r.pem", "/x\t.pem", "/x\x00.pem", "/x<<", "<<"])
def test_name_that_haproxy_would_misread_is_refused(name: str) -> None:
    with pytest.raises(HaproxyError, match="cannot name the file"):
        haproxy_commands.command("set", name)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (f"# filename\n{SHOP}\n/sp ace/x y.pem\n\n", Inventory((SHOP, "/sp ace/x y.pem"))),
        (f"# transaction\n*{SHOP}\n# filename\n{SHOP}\n\n", Inventory((SHOP,), SHOP)),
        (f"# transaction\n*{SHOP}\n# filename\n# transaction\n*{SHOP}\n{SHOP}\n", Inventory((SHOP,), SHOP)),
        ("# filename\n\n", Inventory(())),
        ("\n", Inventory(())),
        ("Permission denied\n\n", None),
        (MASTER, None),
        ("", None),
    ],
)
def test_list_of_certificates_is_read(answer: str, expected: Inventory | None) -> None:
    assert haproxy_commands.read_inventory(answer) == expected


@pytest.mark.parametrize(
    ("answer", "is_used"),
    [(SHOWN, True), (SHOWN.replace("Used", "Unused", 1), False)],
)
def test_certificate_in_memory_is_read(answer: str, is_used: bool) -> None:
    shown = haproxy_commands.read_shown(answer)
    serial_number, fingerprint = "667AB8D4DBDDDD9CF2928DF623563E18F7F212", "7E8379358C9236E545C170628A02A8D1D7F93B53"
    assert shown == RuntimeCertificate(SHOP, is_used, serial_number, fingerprint)


@pytest.mark.parametrize("answer", [NOT_FOUND, "", MASTER, f"Filename: {SHOP}\nStatus: Empty\n\n"])
def test_answer_without_certificate_is_none(answer: str) -> None:
    assert haproxy_commands.read_shown(answer) is None


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (f"Transaction created for certificate {SHOP}!\n\n", (SHOP, True)),
        (f"Transaction updated for certificate {SHOP}!\n\n", (SHOP, False)),
        ("Can't replace a certificate which is not referenced by the configuration!\nCan't update /x!\n", None),
        ("unable to load certificate from file '/x'.\nCan't load the payload\nCan't update /x!\n\n", None),
        ("", None),
    ],
)
def test_transaction_of_an_answer_is_read(answer: str, expected: tuple[str, bool] | None) -> None:
    assert haproxy_commands.read_transaction(answer) == expected


@pytest.mark.parametrize(
    ("answer", "committed", "begun"),
    [
        (COMMITTED, True, True),
        (BROKEN_COMMIT, False, True),
        (MISMATCH, False, False),
        ("No ongoing transaction! !\nCan't commit /x!\n\n", False, False),
        (f"{haproxy_commands.LOCKED}\n", False, False),
    ],
)
def test_result_of_a_commit_is_read(answer: str, committed: bool, begun: bool) -> None:
    assert (haproxy_commands.is_committed(answer), haproxy_commands.is_begun(answer)) == (committed, begun)


@pytest.mark.parametrize(("answer", "count"), [("Nbthread: 2\nNbproc: 4\n", 4), ("Nbproc: 1\n", 1), ("", 1)])
def test_number_of_processes_is_read(answer: str, count: int) -> None:
    assert haproxy_commands.read_process_count(answer) == count


KEY = to_pem(keys.generate(EC256)).decode()
ROOT = Authority.make("Root")
LEAF = ROOT.sign(keys.generate(EC256).public_key(), "shop.example.com")
ENCRYPTED = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nAAAA\n-----END RSA PRIVATE KEY-----\n"


@given(st.sampled_from(["", "\n", "\n\n", "\r\n\r\n", "Bag Attributes\n\n", "disable frontend web\n", " "]))
def test_bundle_is_its_blocks_without_other_lines(between: str) -> None:
    parts = [KEY, LEAF, ROOT.pem]
    bundle = haproxy_commands.read_bundle(between.join(["", *parts, ""]).replace("\n", "\r\n").encode())
    leaf = x509.load_der_x509_certificate(der_of(LEAF))
    assert bundle.text.decode() == "".join(parts)
    assert b"\n\n" not in bundle.text
    assert bundle.fingerprint == leaf.fingerprint(hashes.SHA1()).hex().upper()


@pytest.mark.parametrize(
    ("bundle", "words"),
    [
        ("", "0 private keys"),
        (LEAF, "0 private keys"),
        (KEY, "no certificate"),
        (KEY + KEY + LEAF, "2 private keys"),
        (ENCRYPTED + LEAF, "cannot be read, such as an encrypted private key"),
        (KEY.replace("PRIVATE", "ENCRYPTED PRIVATE") + LEAF, "not encrypted"),
        (KEY + LEAF[:-20], "cannot be read"),
        (KEY + "-----BEGIN CERTIFICATE-----\nA\n-----END CERTIFICATE-----\n", "not valid base64"),
        (KEY + LEAF.replace("CERTIFICATE", "TRUSTED CERTIFICATE"), "not a CERTIFICATE block"),
    ],
)
def test_bundle_without_one_usable_pair_is_refused(bundle: str, words: str) -> None:
    with pytest.raises(HaproxyError, match=words) as refused:
        haproxy_commands.read_bundle(bundle.encode())
    assert KEY.splitlines()[1] not in str(refused.value)
