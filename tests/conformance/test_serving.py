# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checks the command: ready line, signals, restarts, HTTPS, mails over SMTP, addresses in certificates."""

from __future__ import annotations

import base64
import ssl
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote

import httpx
import pytest
from aiosmtpd.controller import Controller
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from support.ports import ReservedPort
from support.sandbox import Sandbox
from support.soap import make_csr, make_order, make_request

from .conftest import RawPartner

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from aiosmtpd.smtp import SMTP, Envelope, Session


def test_sigterm_stops_cleanly_and_restart_continues(start_sandbox: Callable[..., Sandbox]):
    sandbox = start_sandbox()
    RawPartner(sandbox).send(make_order())
    sandbox.wait_for_state("shop-1", "VERIFICATION")
    assert sandbox.stop() == 0
    with sandbox.restart() as again:
        assert again.base_url == sandbox.base_url
        assert again.order("shop-1")["state"] == "VERIFICATION"


def test_https_verifies_against_its_own_ca_only(sandbox: Sandbox):
    assert sandbox.ca is not None
    context = ssl.create_default_context(cafile=str(sandbox.ca))
    for host in ("127.0.0.1", "localhost"):
        url = sandbox.url.replace("127.0.0.1", host)
        assert httpx.get(url, verify=context, trust_env=False).status_code == 200
    with pytest.raises(httpx.ConnectError):
        httpx.get(sandbox.url, trust_env=False)


def test_private_keys_are_readable_by_their_owner_alone(sandbox: Sandbox):
    keys = list(sandbox.root.parent.rglob("*.key"))
    assert len(keys) == 6
    assert {stat.S_IMODE(key.stat().st_mode) for key in keys} == {0o600}


def test_clock_starts_at_the_given_time(start_sandbox, file_server):
    sandbox = start_sandbox("--clock", "-P190D")
    partner = RawPartner(sandbox)
    code = partner.send(make_order()).findtext("SANVerification/code")
    file_server.put("www.example.org", f"{code}-certum.pl")
    partner.send(make_request("performSanVerification", {"code": code}))
    (entry,) = sandbox.wait_for_state("shop-1", "ENROLLED")["entries"]
    end = datetime.fromisoformat(entry["notAfter"])
    assert timedelta(days=8) < end - datetime.now(UTC) < timedelta(days=10)
    before = datetime.fromisoformat(sandbox.request("GET", "/sandbox/clock")["now"])
    assert datetime.fromisoformat(sandbox.advance("P30D")) - before >= timedelta(days=30)


@pytest.mark.parametrize("kind", ["rsa", "ec"])
def test_addresses_in_certificates_answer(sandbox: Sandbox, raw: RawPartner, kind):
    issuer = x509.load_der_x509_certificate(raw.http.get(f"{sandbox.base_url}/repository/{kind}-issuing.cer").content)
    crl = x509.load_der_x509_crl(raw.http.get(f"{sandbox.base_url}/repository/{kind}.crl").content)
    assert crl.issuer == issuer.subject
    assert crl.is_signature_valid(issuer.public_key())
    assert raw.http.get(f"{sandbox.base_url}/repository/dsa.crl").status_code == 404


def test_only_addresses_in_certificates_answer_without_tls(sandbox: Sandbox, raw: RawPartner):
    assert sandbox.repository.startswith("http://")
    answers = {
        path: raw.http.get(sandbox.repository + path).status_code
        for path in ("/repository/ec.crl", "/", "/service/PartnerApi.wsdl", "/sandbox/orders")
    }
    assert list(answers.values()) == [200, 404, 404, 404]


def test_certificate_verifies_with_openssl(sandbox: Sandbox, raw: RawPartner, file_server, tmp_path: Path):
    changes = {"orderParameters/orderID": "openssl", "SANEntries/SANEntry/DNSName": "www.example.org"}
    code = raw.send(make_order(changes)).findtext("SANVerification/code")
    file_server.put("www.example.org", f"{code}-certum.pl")
    raw.send(make_request("performSanVerification", {"code": code}))
    sandbox.wait_for_state("openssl", "ENROLLED")
    answer = raw.send(make_request("getCertificate", {"orderID": "openssl"}))
    leaf, issuer = tmp_path / "leaf.pem", tmp_path / "issuer.pem"
    leaf.write_text(answer.findtext("certificateDetails/X509Cert") or "")
    issuer.write_text(answer.findtext("caBundle/X509Cert") or "")
    words = ["openssl", "verify", "-x509_strict", "-purpose", "sslserver", "-verify_hostname", "www.example.org"]
    words += ["-CAfile", str(sandbox.root), "-untrusted", str(issuer), str(leaf)]
    verified = subprocess.run(words, capture_output=True, text=True, check=False)
    assert verified.returncode == 0, verified.stderr


def openssl(*words: str | Path) -> str:
    """Return the output of the command, from either stream."""
    done = subprocess.run(["openssl", *map(str, words)], capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


@pytest.mark.parametrize("kind", ["ec", "rsa"])
def test_openssl_sees_the_revocation(start_sandbox, file_server, tmp_path: Path, kind):
    """By OCSP over HTTP and by the revocation list that the certificate points at."""
    sandbox = start_sandbox()
    partner = RawPartner(sandbox)
    key = rsa.generate_private_key(65537, 2048) if kind == "rsa" else None
    code = partner.send(make_order({"orderParameters/CSR": make_csr(key=key)})).findtext("SANVerification/code")
    file_server.put("www.example.org", f"{code}-certum.pl")
    partner.send(make_request("performSanVerification", {"code": code}))
    sandbox.wait_for_state("shop-1", "ENROLLED")
    answer = partner.send(make_request("getCertificate", {"orderID": "shop-1"}))
    leaf, issuer, crl = tmp_path / "leaf.pem", tmp_path / "issuer.pem", tmp_path / "crl.pem"
    leaf.write_text(answer.findtext("certificateDetails/X509Cert") or "")
    issuer.write_text(answer.findtext("caBundle/X509Cert") or "")
    responder = openssl("x509", "-in", leaf, "-noout", "-ocsp_uri").strip()
    assert responder == f"{sandbox.base_url}/ocsp/{kind}"

    def ask() -> str:
        trust = ("-CAfile", sandbox.root, "-issuer", issuer, "-cert", leaf)
        return openssl("ocsp", *trust, "-url", responder, "-no_nonce", "-attime", clock(sandbox))

    def verify() -> str:
        points = x509.load_pem_x509_certificate(leaf.read_bytes()).extensions
        (point,) = points.get_extension_for_class(x509.CRLDistributionPoints).value
        der = tmp_path / "crl.der"
        der.write_bytes(partner.http.get(point.full_name[0].value).content)
        openssl("crl", "-inform", "DER", "-in", der, "-out", crl)
        trust = ("-CAfile", sandbox.root, "-untrusted", issuer, "-CRLfile", crl, "-crl_check")
        return openssl("verify", *trust, "-attime", clock(sandbox), leaf)

    assert "Response verify OK" in ask()
    assert f"{leaf}: good" in ask()
    assert f"{leaf}: OK" in verify()
    parameters = {
        "revokeCertificateParameters/serialNumber": answer.findtext("certificateDetails/serialNumber"),
        "revokeCertificateParameters/revocationReason": "CESSATIONOFOPERATION",
    }
    partner.send(make_request("revokeCertificate", parameters))
    sandbox.advance("PT5S")
    assert f"{leaf}: revoked" in ask()
    assert "Reason: cessationOfOperation" in ask()
    assert "certificate revoked" in verify()


def clock(sandbox: Sandbox) -> str:
    """Return the sandbox's time in seconds, for openssl."""
    now = sandbox.request("GET", "/sandbox/clock")["now"]
    return str(int(datetime.fromisoformat(now).timestamp()))


@pytest.mark.parametrize(
    ("body", "says"),
    [(b"", "malformedrequest"), (b"\x30\x03\x02\x01\x00", "malformedrequest"), (None, "unauthorized")],
)
def test_responder_answers_every_request(sandbox: Sandbox, raw: RawPartner, tmp_path: Path, body, says):
    if body is None:  # about a certificate of another CA
        ca = x509.load_pem_x509_certificate(sandbox.ca.read_bytes())
        body = ocsp.OCSPRequestBuilder().add_certificate(ca, ca, hashes.SHA1()).build().public_bytes(Encoding.DER)
    response = tmp_path / "response.der"
    url = f"{sandbox.base_url}/ocsp/ec"
    in_path = f"{url}/{quote(base64.b64encode(body).decode(), safe='')}"
    for answer in (raw.http.post(url, content=body), raw.http.get(in_path)):
        assert answer.headers["content-type"] == "application/ocsp-response"
        response.write_bytes(answer.content)
        assert f"Responder Error: {says}" in openssl("ocsp", "-respin", response)
    assert raw.http.post(url, content=b"x" * 100_000).status_code == 413
    assert raw.http.post(f"{sandbox.base_url}/ocsp/dsa", content=body).status_code == 404


class Mailbox:
    """The mails that an SMTP server received."""

    def __init__(self) -> None:
        self.mails: list[tuple[list[str], str]] = []

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        content = envelope.content or b""
        self.mails.append((envelope.rcpt_tos, content if isinstance(content, str) else content.decode()))
        return "250 OK"


@pytest.fixture
def smtp() -> Iterator[tuple[str, Mailbox]]:
    mailbox = Mailbox()
    port = ReservedPort()
    controller = Controller(mailbox, hostname="127.0.0.1", port=port.number)
    controller.start()
    yield port.address, mailbox
    controller.stop()


def test_mails_are_sent_over_smtp(start_sandbox, smtp):
    address, mailbox = smtp
    sandbox = start_sandbox("--smtp", address)
    changes = {"SANApprover/approverMethod": "ADMIN", "SANApprover/approverEmailPrefix": "ADMIN"}
    RawPartner(sandbox).send(make_order(changes))
    sandbox.wait_for_state("shop-1", "VERIFICATION")
    ((recipients, content),) = mailbox.mails
    (mail,) = sandbox.mails()
    assert recipients == [mail["to"]] == ["admin@example.org"]
    assert mail["links"][0] in content.replace("=\r\n", "").replace("=3D", "=")


def test_mail_server_that_is_down_loses_nothing(start_sandbox):
    sandbox = start_sandbox("--smtp", "127.0.0.1:1")
    changes = {"SANApprover/approverEmail": "ops@example.net", "SANApprover/verificationNotificationEnabled": "true"}
    code = RawPartner(sandbox).send(make_order(changes)).findtext("SANVerification/code")
    sandbox.wait_for_state("shop-1", "VERIFICATION")
    (mail,) = sandbox.mails()
    assert mail["to"] == "ops@example.net"
    assert f"{code}-certum.pl" in mail["body"]


def test_used_address_is_reported(sandbox: Sandbox, tmp_path: Path):
    address = sandbox.base_url.partition("//")[2]
    with pytest.raises(RuntimeError, match=f"cannot serve on {address}"):
        Sandbox.start(tmp_path / "second", listen=address)


def test_command_lists_its_dialects():
    listed = subprocess.run(
        [sys.executable, "-m", "certum_sandbox", "dialects"], capture_output=True, text=True, check=True
    ).stdout
    assert "bad-credentials = 3 | 2  (default 3)" in listed
