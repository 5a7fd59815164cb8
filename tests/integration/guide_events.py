# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What happens outside a guide while its reader works: people act, services run, files are there.

A guide names an event in an HTML comment: ``<!-- test: the staff of the CA approve -->``.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import dns.query
import dns.tsigkeyring
import dns.update
from ansible_collections.certops.certum.tests.integration.existing import existing
from ansible_collections.certops.certum.tests.integration.requests_made import write_request
from ansible_collections.certops.certum.tests.support.tunnel_proxy import TunnelProxy

if TYPE_CHECKING:
    from collections.abc import Callable

    from ansible_collections.certops.certum.tests.integration.guide_stage import Stage

STAFF = {"ORGANIZATION", "APPLICANT", "AUTHORIZATION", "EXTENDED_VALIDATION"}
PLAIN_HAPROXY = """\
defaults
  mode http
  timeout connect 5s
  timeout client 5s
  timeout server 5s
frontend plain
  bind 127.0.0.1:443
  http-request deny
"""


def fail_next(stage: Stage) -> None:
    stage.code = 2


def warn_next(stage: Stage) -> None:
    stage.warns = True


def run_haproxy_without_tls(stage: Stage) -> None:
    """HAProxy runs with the configuration that it had before the guide. /run is that of the machine."""
    (stage.machine.home / "plain.cfg").write_text(PLAIN_HAPROXY)
    stage.machine.run(
        "sh", "-ec", "mount -t tmpfs tmpfs /run; mkdir /run/haproxy; cp /etc/haproxy/haproxy.cfg /etc/new"
    )
    stage.machine.run("cp", str(stage.machine.home / "plain.cfg"), "/etc/haproxy/haproxy.cfg")
    stage.machine.run("haproxy", "-W", "-D", "-p", "/var/haproxy.pid", "-f", "/etc/haproxy/haproxy.cfg")
    stage.stack.callback(stage.machine.run, "sh", "-c", "kill $(cat /var/haproxy.pid)")
    stage.machine.run("cp", "/etc/new", "/etc/haproxy/haproxy.cfg")


def look_for_a_reload(stage: Stage) -> None:
    assert "was reloaded" not in stage.output, stage.output


def approve(stage: Stage) -> None:
    """The staff of the CA verifies everything of every order that it has to."""
    for order in stage.world.ca.orders():
        for kind, state in order["verifications"].items():
            if kind in STAFF and state == "REQUIRED":
                stage.world.ca.decide(order["orderID"], kind)


def confirm_mailbox_and_approve(stage: Stage) -> None:
    (link,) = stage.world.ca.mails()[-1]["links"]
    stage.world.ca.confirm(link)
    approve(stage)


def write_documents(stage: Stage) -> None:
    for name in ("register", "authorization"):
        (stage.machine.home / f"{name}.pdf").write_bytes(b"%PDF-1.7")
    (order,) = stage.world.ca.orders()
    stage.world.project.environment["ORDER_ID"] = order["orderID"]


def use_certificate_of_the_shop(stage: Stage) -> None:
    """The web shop ordered a certificate, and its files are where services have them."""
    shop = existing(stage.world, "shop", "shop.example.com", customer="shop@example.com")
    stage.machine.run("cp", "-r", f"{shop.directory}/.", "/etc/ssl/")


def issue_both(stage: Stage) -> None:
    stage.play("-i", "inventory.yml", "certops.certum.renew", "-e", "certum_purchase=allow")
    stage.kept["former"] = _serial_number(stage)


def read_former_serial_number(stage: Stage) -> None:
    assert _serial_number(stage) != stage.kept["former"]
    stage.world.project.environment["FORMER"] = stage.kept["former"]


def _serial_number(stage: Stage) -> str:
    """Return the serial number of the certificate in use, from the name of its directory."""
    stage.run(["readlink /etc/certum/shop/current"])
    return stage.output.strip().rpartition("/")[2]


def open_proxy(stage: Stage) -> None:
    """The proxy listens, and its CA certificates are on the controller."""
    stage.kept["proxy"] = stage.stack.enter_context(TunnelProxy(3128))
    assert stage.world.ca.ca is not None
    stage.machine.run("cp", str(stage.world.ca.ca), "/etc/ssl/company-bundle.pem")


def look_at_tunnels(stage: Stage) -> None:
    address = stage.world.ca.base_url.removeprefix("https://")
    assert set(stage.kept["proxy"].targets) == {address}


def look_at_test_orders(stage: Stage) -> None:
    orders = stage.world.ca.orders()
    assert [order["state"] for order in orders] == ["REJECTED", "REJECTED"], orders


def save_request(stage: Stage) -> None:
    write_request(stage.machine.home / "device.csr", "device.example.com")


def publish_record(stage: Stage) -> None:
    """The operator publishes the record that the last command showed."""
    (result,) = (
        line["result"]["msg"]
        for line in map(json.loads, (stage.machine.home / f"guide-{stage.runs}.jsonl").read_text().splitlines())
        if line.get("task") == "Show the record to publish"
    )
    (record,) = result
    zone = stage.zone
    assert zone is not None
    update = dns.update.UpdateMessage(
        "example.com", keyring=dns.tsigkeyring.from_text({zone.key.name: zone.key.secret}), keyalgorithm="hmac-sha256"
    )
    update.add(f"{record['name']}.", 60, record["type"], record["value"])
    dns.query.tcp(update, zone.bind.address, port=zone.bind.port)


EVENTS: dict[str, Callable[[Stage], None]] = {
    "the next command fails": fail_next,
    "the next commands warn": warn_next,
    "HAProxy runs without TLS": run_haproxy_without_tls,
    "HAProxy was not reloaded": look_for_a_reload,
    "the staff of the CA approve": approve,
    "the mailbox holder and the staff of the CA approve": confirm_mailbox_and_approve,
    "the documents of the company are ready": write_documents,
    "a certificate of the web shop is in use": use_certificate_of_the_shop,
    "both certificates are in use": issue_both,
    "the operator reads the former serial number": read_former_serial_number,
    "the company has a proxy": open_proxy,
    "all calls went through the proxy": look_at_tunnels,
    "the test orders are cancelled": look_at_test_orders,
    "the request of the device is saved": save_request,
    "the operator publishes the record of the device": publish_record,
}
