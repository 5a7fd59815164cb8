# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A host, its declarations, a CA and people, for histories in which anything may happen in any order.

The engines of the role's modules run in this process, in the order of its tasks. The CA is a real sandbox that really
looks up files and records. Each history has a host and names of its own; all share the sandbox and its clock, which
only goes forward.
"""

from __future__ import annotations

import errno
import itertools
import json
import shutil
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from ansible_collections.certops.certum.plugins.module_utils._account.cancel import cancel_order
from ansible_collections.certops.certum.plugins.module_utils._account.order_info import read_orders
from ansible_collections.certops.certum.plugins.module_utils._account.revoke import revoke_certificate
from ansible_collections.certops.certum.plugins.module_utils._issuance import certificates as engine
from ansible_collections.certops.certum.plugins.module_utils._issuance.patience import Patience
from ansible_collections.certops.certum.plugins.module_utils._partner_api.client import PartnerApi
from ansible_collections.certops.certum.plugins.module_utils._partner_api.errors import ApiError, CertumError
from ansible_collections.certops.certum.plugins.module_utils._partner_api.retry import Retry
from ansible_collections.certops.certum.plugins.module_utils._partner_api.transport import Transport
from ansible_collections.certops.certum.plugins.module_utils._x509.facts import read_certificate
from ansible_collections.certops.certum.plugins.module_utils._x509.keys import public_key_sha256_of_private
from ansible_collections.certops.certum.plugins.module_utils._x509.pem import certificates_in
from ansible_collections.certops.certum.tests.chaos.purchases import Want, unjustified
from ansible_collections.certops.certum.tests.support.dns_server import DnsServer
from ansible_collections.certops.certum.tests.support.file_server import FileServer
from ansible_collections.certops.certum.tests.support.sandbox import Sandbox
from ansible_collections.certops.certum.tests.unit.host.declared import PROOF, Host
from ansible_collections.certops.certum.tests.unit.store.faults import Effect, Faults, Killed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from http.server import BaseHTTPRequestHandler
    from pathlib import Path

    from ansible_collections.certops.certum.plugins.module_utils._partner_api.transport import HttpAnswer

CONTACT = {"first_name": "Ada", "last_name": "Nowak", "email": "ops@example.com", "phone": "+48 91 000 00 00"}
COMPANY = {
    "name": "Example S.A.",
    "tax_identification_number": "5250000000",
    "country": "PL",
    "locality": "Szczecin",
}
CODES = {"commercial_ssl": "601", "trusted_ssl": "631", "commercial_multidomain_ssl": "931"}
STAFF = ("ORGANIZATION", "APPLICANT", "AUTHORIZATION")
OPEN = ("AWAITING", "VERIFICATION", "ACCEPTED")
ROBOTS = ("DOMAIN", "INTERNAL")
LONGEST_CLOCK = timedelta(days=4000)
OLD_COPY_LIFE = timedelta(days=15)
A_MINUTE = timedelta(minutes=1)
PATIENCE = 0.2
RUNS_TO_CONVERGE = 3


@dataclass(frozen=True)
class Declared:
    """What a person writes for one certificate. ``more`` is a name that only a multi-domain product takes."""

    name: str
    product: str = "commercial_ssl"
    site: str = "a"
    www: bool = False
    more: bool = False
    key: str = "ec"
    method: str = "dns_txt_prefix"
    mode: str = "0600"
    absent: bool = False
    revoke: bool = False

    def names(self, domain: str) -> list[str]:
        site = f"{self.site}.{self.name}.{domain}"
        more = [f"more.{self.name}.{domain}"] if self.more and self.product == "commercial_multidomain_ssl" else []
        return [site, *([f"www.{site}"] if self.www else []), *more]

    def item(self, domain: str, web_root: Path) -> dict[str, Any]:
        common_name, *others = self.names(domain)
        if self.absent:
            revoked = {"revoke_reason": "cessation_of_operation", "common_name": common_name}
            return {"name": self.name, "state": "absent", **(revoked if self.revoke else {})}
        webroot = {"webroot": str(web_root)} if self.method == "file" else {}
        return {
            "name": self.name,
            "product": self.product,
            "common_name": common_name,
            "subject_alt_name": others,
            "key": {"type": self.key},
            "validation": {"method": self.method, **webroot},
            "contact": CONTACT,
            "organization": COMPANY,
            "mode": self.mode,
        }


@dataclass(frozen=True)
class Trouble:
    """What goes wrong in a run: one of the calls that change the disk, one to the CA, or the CA itself."""

    disk: int = -1
    effect: Effect = Effect.FAIL
    wire: int = -1
    answered: bool = False
    fault: Mapping[str, Any] | None = None

    @property
    def is_none(self) -> bool:
        return self == HEALTHY


HEALTHY = Trouble()


class WebRoots(FileServer):
    """Serves the web root of each host under all of its names."""

    def __init__(self) -> None:
        super().__init__()
        self.roots: dict[str, Path] = {}

    def serve(self, handler: BaseHTTPRequestHandler) -> None:
        name = handler.headers.get("Host", "").partition(":")[0]
        proof = self.roots[name.split(".")[-3]] / PROOF
        self.clear()
        if proof.exists():
            self.put(name, proof.read_bytes())
        super().serve(handler)


class Ca:
    """The sandbox and what it looks things up in. A new one is started before its clock leaves the life of its keys."""

    def __init__(self, base: Path) -> None:
        self.base, self.offset = base, timedelta()
        self.web, self.dns = WebRoots(), DnsServer()
        self._numbers = itertools.count(1)
        self._published: set[tuple[str, str, str]] = set()
        self._sandbox: Sandbox | None = None
        self._client: PartnerApi | None = None

    def __enter__(self) -> Ca:
        self.web.__enter__()
        self.dns.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._stop()
        self.web.__exit__(None, None, None)
        self.dns.__exit__(None, None, None)

    @property
    def sandbox(self) -> Sandbox:
        if self._sandbox is None:
            number = next(self._numbers)
            self._sandbox = Sandbox.start(
                self.base / f"sandbox-{number}",
                ca_from=self.base / "sandbox-1" if number > 1 else None,
                resolve={"*": self.web.address},
                options=["--no-tls", "--approve=manual", "--clock=PT0S", "--dns", self.dns.address],
            )
            self.offset = timedelta()
        return self._sandbox

    def new_history(self) -> None:
        if self.offset > LONGEST_CLOCK:
            self._stop()
        self.sandbox.clear_faults()

    def _stop(self) -> None:
        if self._client:
            self._client.close()
        if self._sandbox:
            self._sandbox.stop()
        self._client = self._sandbox = None

    def advance(self, by: timedelta) -> None:
        self.sandbox.advance(f"PT{int(by.total_seconds())}S")
        self.offset += by

    @property
    def now(self) -> datetime:
        return datetime.now(timezone.utc) + self.offset

    @property
    def client(self) -> PartnerApi:
        """One for all runs: making one reads the CA certificates of the system, which takes longer than a run."""
        if self._client is None:
            self._client = PartnerApi.from_options(
                url=self.sandbox.url,
                username=self.sandbox.user,
                password=self.sandbox.password,
                retry=Retry(sleep=lambda _seconds: None),
            )
        return self._client

    def orders(self, host: str) -> list[dict[str, Any]]:
        """Those of a host, in the order in which they were placed."""
        return [order for order in self.sandbox.orders() if order["customer"].startswith(f"{host}/")]

    def publish(self, result: Mapping[str, Any]) -> None:
        """What a DNS task on the controller does."""
        for certificate in result["certificates"]:
            for record in (certificate["validation"] or {"records": []})["records"]:
                key = (record["name"], record["type"], f'"{record["value"]}"')
                if key not in self._published:
                    self._published.add(key)
                    self.dns.add(*key)


class Wire:
    """Counts the calls to the CA; the controller dies at one of them, before it is sent or after it was answered."""

    def __init__(self, trouble: Trouble, disk: Faults) -> None:
        self.at, self.answered, self.disk = trouble.wire, trouble.answered, disk
        self.count = 0

    @contextmanager
    def active(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        real = Transport.post

        def post(transport: Transport, body: bytes, **more: Any) -> HttpAnswer:
            assert b"PRIVATE KEY" not in body, "a private key was sent to the CA"
            here = self.count == self.at
            self.count += 1
            if self.disk.dead or (here and not self.answered):
                self._die()
            answer = real(transport, body, **more)
            if here:
                self._die()
            return answer

        with monkeypatch.context() as patched:
            patched.setattr(Transport, "post", post)
            yield

    def _die(self) -> None:
        self.disk.dead = True
        raise Killed


class Waiting:
    """A clock that does not wait for people: between two looks it waits until the sandbox has done what it can."""

    def __init__(self, ca: Ca, host: str, *, longest: float) -> None:
        self.ca, self.host, self.longest = ca, host, longest
        self.moment = 0.0

    def sleep(self, seconds: float) -> None:
        self.moment += seconds
        deadline = time.perf_counter() + self.longest
        while any(map(_robots_work, self.ca.orders(self.host))) and time.perf_counter() < deadline:
            time.sleep(0.02)

    @contextmanager
    def active(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        of = Patience.of
        with monkeypatch.context() as patched:
            patched.setattr(
                Patience, "of", lambda params: replace(of(params), clock=lambda: self.moment, sleep=self.sleep)
            )
            yield


def _robots_work(order: Mapping[str, Any]) -> bool:
    states = order["verifications"]
    if order["state"] not in OPEN or any(states.get(kind) == "FAILED" for kind in ROBOTS):
        return False
    needs_people = any(states.get(kind) == "REQUIRED" for kind in STAFF)
    return not needs_people or any(states.get(kind) == "REQUIRED" for kind in ROBOTS)


@dataclass
class Said:
    """What a run told."""

    problems: list[str] = field(default_factory=list)
    due: list[str] = field(default_factory=list)
    pending: dict[str, str] = field(default_factory=dict)
    finished: bool = False

    @property
    def nothing(self) -> bool:
        return self.finished and not (self.problems or self.due)


class Site:
    """One host with its declarations, and everything that may happen to it."""

    def __init__(self, ca: Ca, base: Path, number: int, *, check_revocation: bool) -> None:
        self.ca, self.base = ca, base / f"h{number}"
        self.name, self.domain = f"h{number}", f"h{number}.example.com"
        (self.base / "www").mkdir(parents=True)
        ca.web.roots[self.name] = self.base / "www"
        self.host = Host(self.base / "certum", self.base / "www")
        self.declared: dict[str, Declared] = {}
        self.check_revocation = check_revocation
        self.ca_is_down = False
        self.forgotten: set[str] = set()
        """Keys of orders before the host was rebuilt or restored."""
        self.installed: set[str] = set()
        """Keys that were in a version on disk."""
        self.rejections_dealt_with: set[str] = set()
        self.in_place: set[str] = set()
        self.log: list[str] = []

    def close(self) -> None:
        shutil.rmtree(self.base)

    # --- the role -----------------------------------------------------------------------------------------------------

    def run(self, trouble: Trouble = HEALTHY, *, anew: Sequence[str] = ()) -> Said:
        """One run of the role, a minute after the last, and then everything that must hold whatever happened in it."""
        self.ca.advance(A_MINUTE)
        before, said = self.ca.orders(self.name), Said()
        self.in_place = {name for name in self.declared if self._pair(name)}
        disk = Faults(at=trouble.disk, effect=trouble.effect, number=errno.ENOSPC)
        disk.watch = self._watch
        waiting = Waiting(self.ca, self.name, longest=10 if trouble.is_none and not self.ca_is_down else 0.3)
        monkeypatch = pytest.MonkeyPatch()
        self._arrange(trouble)
        with (
            disk.active(monkeypatch),
            Wire(trouble, disk).active(monkeypatch),
            waiting.active(monkeypatch),
            time_machine.travel(self.ca.now, tick=True),
            suppress(Killed),
        ):
            self._role(self.ca.client, said, anew)
            said.finished = True
        self.ca.sandbox.clear_faults()
        orders = [f"{order['orderID']} {order['state']} {order['names']}" for order in self.ca.orders(self.name)]
        self.log.append(f"{self.ca.now:%Y-%m-%d} {trouble} {list(anew)}: {said}; at the CA: {orders}")
        try:
            self._check_purchases(before, anew)
            self.check()
        except AssertionError as error:
            error.add_note("The last runs:\n" + "\n".join(self.log[-6:]))
            raise
        return said

    def _arrange(self, trouble: Trouble) -> None:
        if self.ca_is_down:
            self.ca.sandbox.add_fault("http-503", times=10**6)
        if trouble.fault:
            self.ca.sandbox.add_fault(**trouble.fault)

    def _items(self) -> list[dict[str, Any]]:
        return [declared.item(self.domain, self.host.web_root) for declared in self.declared.values()]

    def _role(self, api: PartnerApi, said: Said, anew: Sequence[str]) -> None:
        planned = self._see(self.host.plan(*self._items(), now=None, check_revocation=self.check_revocation), said)
        said.due = [f"{told['name']}: {told['reason']}" for told in planned["reasons"]]
        for wave in planned["waves"]:
            self._wave(api, wave, planned["revoked"], said, anew)
        if planned["activate"]:
            self._see(self.host.install(*planned["activate"]), said)
        if planned["absent"]:
            self._take_away(api, planned, said)

    def _wave(
        self, api: PartnerApi, wave: list[dict[str, Any]], revoked: list[str], said: Said, anew: Sequence[str]
    ) -> None:
        staged = self._see(self.host.stage(*wave, host=self.name, anew=list(anew), revoked=revoked), said)
        ordered = self._make(api, staged["orders"], said, trigger_validation=False, wait=False)
        self._see(self.host.challenge(wave, ordered["certificates"]), said)
        self.ca.publish(ordered)
        finished = self._make(api, ordered["orders"], said, trigger_validation=True, wait=True)
        self._see(self.host.challenge(wave, finished["certificates"]), said)
        self._see(self.host.install(*wave, orders=ordered["certificates"] + finished["certificates"]), said)

    def _make(self, api: PartnerApi, items: Sequence[Mapping[str, Any]], said: Said, **options: bool) -> dict[str, Any]:
        params = {"wait_timeout": PATIENCE, "wait_sleep": 1, "concurrency": 1, "certificates": list(items), **options}
        result = engine.make_certificates(api, params, check_mode=False)
        self._keep_secret(result)
        for certificate in result["certificates"]:
            said.problems += [certificate["problem"]] if certificate["problem"] else []
            said.pending.pop(certificate["name"], None)
            if certificate["state"] == "pending":
                said.pending[certificate["name"]] = certificate["reason"]
        return result

    def _take_away(self, api: PartnerApi, planned: Mapping[str, Any], said: Said) -> None:
        asked, revoked = [], []
        for each in planned["in_flight"]:
            try:
                answer = read_orders(api, {"order_id": each["order_id"]}, check_mode=False)
            except CertumError as error:
                said.problems.append(str(error))
                break
            asked.append(self._see(answer, said)["order"])
        for each in planned["revoke"]:
            try:
                revoked.append(self._revoke(api, each["serial_number"], each["revoke_reason"])["serial_number"])
            except CertumError as error:
                said.problems.append(str(error))
                break
        kept = {each["name"] for each in planned["revoke"] if each["serial_number"] not in revoked}
        leaving = [item for item in planned["absent"] if item["name"] not in kept]
        self._see(self.host.install(*leaving, orders=asked, state="absent"), said)

    def _see(self, result: dict[str, Any], said: Said) -> dict[str, Any]:
        said.problems += result.get("problems", [])
        self._keep_secret(result)
        return result

    def _revoke(self, api: PartnerApi, serial_number: str, reason: str) -> dict[str, Any]:
        params = {
            **dict.fromkeys(("certificate_path", "certificate_content", "order_id", "note", "key_compromise_date")),
            "serial_number": serial_number,
            "revoke_reason": reason,
            "wait": False,
            "wait_timeout": 0,
            "wait_sleep": 1,
        }
        return revoke_certificate(api, params, check_mode=False)

    # --- what must hold -----------------------------------------------------------------------------------------------

    def _keep_secret(self, result: Mapping[str, Any]) -> None:
        text = json.dumps(result, default=str)
        assert "PRIVATE KEY" not in text, "a private key is in a result"
        for path in self.host.base.glob("**/privkey.pem"):
            body = "".join(path.read_text().splitlines()[1:-1])
            assert body[16:80] not in text, f"{path} is in a result"

    def _check_purchases(self, before: Sequence[Mapping[str, Any]], anew: Sequence[str]) -> None:
        known = {order["orderID"] for order in before}
        for name, declared in self.declared.items():
            of_customer = [order for order in before if order["customer"] == f"{self.name}/{name}"]
            after = [order for order in self.ca.orders(self.name) if order["customer"] == f"{self.name}/{name}"]
            bought = [order for order in after if order["orderID"] not in known]
            assert not (bought and declared.absent), f"{name} is declared absent, and was bought: {bought}"
            want = Want(CODES[declared.product], tuple(declared.names(self.domain)))
            dealt_with = self.rejections_dealt_with | {
                order["orderID"]
                for order in of_customer
                if name in anew or order["entries"][-1]["publicKeySha256"] in self.forgotten
            }
            for order in bought:
                why_not = unjustified(of_customer, want, now=self.ca.now, dealt_with=dealt_with)
                assert why_not is None, f"{name}: {order['orderID']} was bought, but {why_not}"
                of_customer.append(order)

    def check(self) -> None:
        """No pair that does not match, no key of an order in flight that is lost."""
        for name in self.declared:
            self._pair(name)
            self.installed |= {*_keys_in(self.host.base / name / "versions")}
        for order in self.ca.orders(self.name):
            name = order["customer"].partition("/")[2]
            there: set[str] | None = None
            for entry in order["entries"]:
                key = entry["publicKeySha256"]
                refused = order["state"] == "REJECTED" and entry["serialNumber"] is None
                if refused or key in self.forgotten | self.installed:
                    continue
                there = {*_keys_in(self.host.base / name)} if there is None else there
                assert key in there, f"the key of order {order['orderID']} ({order['state']}) is lost"

    def _watch(self) -> None:
        """After every call that changes the disk: what was in place is in place, and every pair belongs together."""
        for name, declared in self.declared.items():
            if not self._pair(name) and name in self.in_place:
                assert declared.absent, f"{name}: nothing is in place any more"

    def _pair(self, name: str) -> bool:
        """Whether there is a pair at all; one that does not match is the end."""
        current = self.host.base / name / "current"
        try:
            key, chain = (current / "privkey.pem").read_bytes(), (current / "fullchain.pem").read_text()
        except FileNotFoundError:
            return False
        assert _fingerprint(key) == _leaf_key(chain), f"{name}: key and chain do not belong together"
        return True

    # --- what happens -------------------------------------------------------------------------------------------------

    def forget_everything(self) -> None:
        """The host is rebuilt."""
        shutil.rmtree(self.host.base, ignore_errors=True)
        self._forget_keys()

    def copy(self) -> None:
        """A copy of the host is made, as a backup or a snapshot of a virtual machine."""
        shutil.rmtree(self.base / "copy", ignore_errors=True)
        if self.host.base.exists():
            shutil.copytree(self.host.base, self.base / "copy", symlinks=True)

    def restore(self) -> None:
        """The host becomes what it was when it was copied, and knows nothing of what happened since."""
        if (self.base / "copy").exists():
            shutil.rmtree(self.host.base, ignore_errors=True)
            shutil.copytree(self.base / "copy", self.host.base, symlinks=True)
            self._forget_keys()

    def _forget_keys(self) -> None:
        self.forgotten |= {
            entry["publicKeySha256"] for order in self.ca.orders(self.name) for entry in order["entries"]
        }

    def reject(self, name: str) -> None:
        """CA staff refuse what is open."""
        for order in self.open_orders(name):
            self.ca.sandbox.reject(order["orderID"])

    def decide(self, name: str) -> None:
        """CA staff find that everything is right."""
        for order in self.open_orders(name):
            for kind, state in order["verifications"].items():
                if kind in STAFF and state != "VERIFIED":
                    self.ca.sandbox.decide(order["orderID"], kind)

    def open_orders(self, name: str) -> list[dict[str, Any]]:
        return [
            order
            for order in self.ca.orders(self.name)
            if order["customer"] == f"{self.name}/{name}" and order["state"] in OPEN
        ]

    def revoke(self, name: str) -> None:
        """Somebody revokes the certificate that was installed last; the CA publishes it at once."""
        read = self.host.read(name)
        newest = read.newest_good
        if newest is None or newest.facts is None:
            return
        with time_machine.travel(self.ca.now, tick=True), suppress(CertumError):
            self._revoke(self.ca.client, newest.serial_number, "key_compromise")
        self.ca.advance(timedelta(seconds=10))

    def cancel_or_prove(self, order_id: str) -> None:
        """A person cancels an order; where that is refused, because it was reissued, the CA is convinced otherwise."""
        self.rejections_dealt_with.add(order_id)
        params = {"order_id": order_id, "note": None, "wait": False, "wait_timeout": 0, "wait_sleep": 1}
        try:
            with time_machine.travel(self.ca.now, tick=True):
                cancel_order(self.ca.client, params, check_mode=False)
        except ApiError:
            self.ca.sandbox.decide(order_id, "DOMAIN")
            self.ca.sandbox.wait_for_state(order_id, "ENROLLED")

    def versions(self, name: str) -> list[Path]:
        """The directories of versions, the one in use first."""
        installed = self.host.read(name)
        return [self.host.base / name / "versions" / version.serial_number for version in installed.versions]

    def remove_version(self, name: str, which: int) -> None:
        """Somebody removes a version by hand, the newest is 0."""
        versions = self.versions(name)
        if which < len(versions):
            shutil.rmtree(versions[which])

    # --- how it ends --------------------------------------------------------------------------------------------------

    def settle(self) -> None:
        """A healthy CA, and people who do what they are told: within three runs everything is as declared."""
        self.ca_is_down, self.check_revocation = False, True
        anew: list[str] = []
        runs = 0
        while runs < RUNS_TO_CONVERGE:
            for name in self.declared:
                self.decide(name)
            said = self.run(anew=anew)
            runs += 1
            anew = [name for name in self.declared if any(_asks_for_anew(name, problem) for problem in said.problems)]
            if self._people_act(said) or anew:
                runs = 0
            if said.nothing:
                break
            assert len(self.log) < 200, "people are asked again and again:\n" + "\n".join(self.log[-6:])
        last = self.run()
        assert last.nothing, "it does not converge:\n" + "\n".join(self.log[-6:])
        for declared in self.declared.values():
            self._check_settled(declared)

    def _people_act(self, said: Said) -> bool:
        acted = False
        for problem in said.problems:
            if "REVOKED, and only a valid one is reissued" in problem:
                self.ca.advance(OLD_COPY_LIFE)  # an older copy is on disk; it gives way to an order when it dies
                acted = True
            for order in self.ca.orders(self.name):
                if order["orderID"] in problem and "certum_cancel" in problem and order["state"] in OPEN:
                    self.cancel_or_prove(order["orderID"])
                    acted = True
            for name, declared in self.declared.items():
                asked = problem.startswith(f"{name}: ") and "declare the certificate present" in problem
                if asked and declared.absent and not acted:
                    self.declared[name] = Declared(name)
                    acted = True
        return acted

    def _check_settled(self, declared: Declared) -> None:
        installed = self.host.read(declared.name)
        if declared.absent:
            assert not (self.host.base / declared.name).exists(), "it is declared absent and still there"
            return
        current = installed.current
        assert current is not None, f"{declared.name} is not in place"
        assert current.facts is not None
        assert current.facts.not_after > self.ca.now, f"{declared.name} has expired"
        assert set(declared.names(self.domain)) <= set(current.facts.names)
        assert str(current.facts.key_spec).startswith(declared.key)
        assert installed.staged is None


def _asks_for_anew(name: str, problem: str) -> bool:
    return problem.startswith(f"{name}: ") and "certum_anew" in problem


def _keys_in(directory: Path) -> Iterator[str]:
    return (_fingerprint(path.read_bytes()) for path in directory.glob("**/privkey.pem"))


@lru_cache(maxsize=1024)
def _fingerprint(key: bytes) -> str:
    return public_key_sha256_of_private(key)


@lru_cache(maxsize=1024)
def _leaf_key(full_chain: str) -> str:
    return read_certificate(certificates_in(full_chain)[0]).public_key_sha256
