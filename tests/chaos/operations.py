# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The operations that are broken: everything that the role and the ad-hoc modules do for a certificate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ansible_collections.certops.certum.tests.chaos.points import (
    DISK,
    NETWORK,
    OF_RECORD,
    OF_SOCKET,
    RECORD,
    SOCKET,
    ExchangePoint,
    NetworkPoint,
)
from ansible_collections.certops.certum.tests.chaos.scene import common_name, missing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ansible_collections.certops.certum.tests.chaos.points import Point
    from ansible_collections.certops.certum.tests.chaos.scene import Scene

    Orders = Sequence[Mapping[str, Any]]

Plays = list[dict[str, Any]]
MULTI = "commercial_multidomain_ssl"


def _are_valid(orders: Orders) -> bool:
    return {order["state"] for order in orders} == {"ENROLLED"} and set(_statuses(orders)) == {"VALID"}


def _first_is_revoked(orders: Orders) -> bool:
    return _statuses(orders)[:1] == ["REVOKED"] and _are_valid(orders[1:])


def _are_rejected(orders: Orders) -> bool:
    return {order["state"] for order in orders} == {"REJECTED"}


def _every(point: Point) -> bool:
    return True


def _has_one_disk_error(point: Point) -> bool:
    """Leave out all errors of the disk but one: other operations meet them all, with the same code."""
    return point.kind != "disk error" or point.how == "ENOSPC"


def _is_record_or_kill_at_the_ca(point: Point) -> bool:
    """Return whether a point is new with DNS: all other points of an order are those of the other first orders."""
    return isinstance(point, ExchangePoint) or (isinstance(point, NetworkPoint) and point.kill is not None)


def _no_problem(scene: Scene, name: str) -> None:
    return None


def _statuses(orders: Orders) -> list[str]:
    return [entry["status"] for order in orders for entry in order["entries"]]


@dataclass(frozen=True)
class Operation:
    """One operation: ``prepare`` makes its initial state, ``plays`` does it, repeatedly until nothing is left.

    ``issued`` is how many certificates each of the orders has at the end; more would mean a second purchase.
    ``is_done`` reads the orders, sorted by time. ``breaks`` are the kinds of points that it has, and ``is_broken``
    selects some of its points. ``hosts`` are in one batch, and each has a certificate of its own at each point, or with
    ``sharing`` the same one.
    ``servers`` are those that it needs besides the CA and nginx. ``problem`` returns what else is not as it has to be
    for a certificate. ``repeats_at_once`` means that the next point could repair what the point before it left.
    """

    title: str
    prepare: Callable[[Scene, Sequence[str]], None]
    plays: Callable[[Scene, Sequence[str]], Plays]
    issued: tuple[int, ...]
    options: tuple[str, ...] = ()
    verified: bool = True
    silent: bool = True
    is_done: Callable[[Orders], bool] = _are_valid
    breaks: tuple[str, ...] = (*NETWORK, *DISK)
    hosts: tuple[str, ...] = ("web1",)
    sharing: bool = False
    servers: tuple[str, ...] = ()
    is_broken: Callable[[Point], bool] = _every
    problem: Callable[[Scene, str], str | None] = _no_problem
    repeats_at_once: bool = False

    @property
    def missing(self) -> str | None:
        """Return why this machine cannot do it, or None."""
        return missing(self.servers)


def _nothing(scene: Scene, names: Sequence[str]) -> None:
    """Prepare no certificate."""


def _role(scene: Scene, names: Sequence[str], **changes: Any) -> Plays:
    return scene.role(*(scene.declared(name, **changes) for name in names))


def _have(scene: Scene, names: Sequence[str], plays: Plays) -> None:
    played = scene.run(plays, names)
    assert played.code == 0, played.excerpt()


def _deployed(scene: Scene, names: Sequence[str]) -> None:
    _have(scene, names, _role(scene, names))


def _ending(scene: Scene, names: Sequence[str]) -> None:
    _deployed(scene, names)
    scene.world.ca.advance("P353D")


def _of_many_names(scene: Scene, names: Sequence[str]) -> None:
    _have(scene, names, _role(scene, names, product=MULTI))


def _with_a_name_more(scene: Scene, names: Sequence[str]) -> Plays:
    return scene.role(
        *(scene.declared(name, product=MULTI, subject_alt_name=[f"more-{name}.example.com"]) for name in names)
    )


def _on_disk(scene: Scene, names: Sequence[str]) -> None:
    _have(scene, names, _role(scene, names, deployed=False))


def _rolled_back(scene: Scene, names: Sequence[str]) -> None:
    """Prepare a newer certificate on disk that was rolled back because the service did not load.

    A configuration that is broken before the order blocks it, so it breaks after the check that precedes the order.
    """
    _deployed(scene, names)
    broken = scene.world.web.prefix / "sites-enabled/broken.conf"
    script = f'"$@"; code=$?; echo "nonsense;" > {broken}; exit $code'
    declared = [scene.declared(name) for name in names]
    for each in declared:
        each["deploy"]["check_command"] = ["/bin/sh", "-c", script, "check", *each["deploy"]["check_command"]]
    played = scene.run(scene.role(*declared, certum_replace=list(names)), names)
    assert "nonsense" in played.output, played.excerpt()
    broken.unlink()


def _issued_to_another_host(scene: Scene, names: Sequence[str]) -> None:
    """Prepare shared certificates that only the last host has."""
    _have(scene, names, scene.role(*(scene.declared(name) for name in names), hosts=scene.hosts[-1:]))


def _rolled_back_in_haproxy(scene: Scene, names: Sequence[str]) -> None:
    """Prepare a newer certificate on disk that was rolled back, while HAProxy serves the former one."""
    _have(scene, names, _role(scene, names, deployed=False, formats=["haproxy"]))
    scene.balancer.start({name: scene.directory(name) for name in names})
    _have(scene, names, _in_haproxy(scene, names))
    broken = scene.world.project.path / "broken"
    script = f"[ ! -e {broken} ] && : > {broken}"
    deployment = {**scene.balancer.deployment, "check_command": ["/bin/sh", "-c", script]}
    declared = [scene.declared(name, deployed=False, deploy=deployment, formats=["haproxy"]) for name in names]
    played = scene.run(scene.role(*declared, certum_replace=list(names)), names)
    assert "rolled back" in played.output, played.excerpt()


def _in_haproxy(scene: Scene, names: Sequence[str]) -> Plays:
    return _role(scene, names, formats=["haproxy"])


def _is_not_as_on_disk(scene: Scene, name: str) -> str | None:
    return scene.balancer.problem(name)


def _beside_foreign_records(scene: Scene, names: Sequence[str]) -> None:
    scene.zone.add_foreign([common_name(name) for name in names])


def _by_dns(scene: Scene, names: Sequence[str]) -> Plays:
    declared = [scene.declared(name, validation=None, www=True) for name in names]
    return scene.role(*declared, **scene.zone.variables)


def _has_other_records(scene: Scene, name: str) -> str | None:
    return scene.zone.problem(common_name(name))


def _replaced(scene: Scene, names: Sequence[str]) -> Plays:
    return scene.role(*(scene.declared(name) for name in names), certum_replace=list(names))


def _revoked_and_replaced(scene: Scene, names: Sequence[str]) -> Plays:
    first = {order["customer"]: order for order in reversed(scene.world.ca.orders())}
    serial_numbers = [first[scene.customer(name)]["entries"][0]["serialNumber"] for name in names]
    revoke = {
        "name": "Revoke",
        "certops.certum.certum_revoke": {
            "serial_number": "{{ item }}",
            "revoke_reason": "key_compromise",
            "wait": "{{ item == serial_numbers[-1] }}",
            "wait_timeout": 20,
            "wait_sleep": 1,
        },
        "vars": {"serial_numbers": serial_numbers},
        "loop": "{{ serial_numbers }}",
    }
    role = scene.role(*(scene.declared(name) for name in names), certum_check_revocation=True)
    return [*scene.world.tasks(revoke), *role]


def _pending(scene: Scene, names: Sequence[str]) -> None:
    """Prepare orders whose validation files are where the CA does not find them."""
    elsewhere = scene.world.project.path / "elsewhere"
    items = []
    for name in names:
        (elsewhere / name).mkdir(parents=True)
        items.append(
            scene.declared(name, deployed=False, validation={"method": "file", "webroot": f"{elsewhere}/{name}"})
        )
    scene.run(scene.role(*items, certum_wait_timeout=0), names)
    assert len(scene.world.ca.orders()) >= len(names)


def _cancelled(scene: Scene, names: Sequence[str]) -> Plays:
    orders = {order["customer"]: order["orderID"] for order in scene.world.ca.orders()}
    cancel = {
        "name": "Cancel",
        "certops.certum.certum_cancel": {"order_id": "{{ item }}"},
        "loop": [orders[scene.customer(name)] for name in names],
    }
    return scene.world.tasks(cancel)


OPERATIONS = (
    Operation("first order of two hosts", _nothing, _role, issued=(1,), hosts=("web1", "web2")),
    Operation(
        "revoke and replace",
        _deployed,
        _revoked_and_replaced,
        issued=(1, 1),
        silent=False,
        is_done=_first_is_revoked,
    ),
    Operation("first order", _nothing, _role, issued=(1,)),
    Operation(
        "first order by DNS",
        _beside_foreign_records,
        _by_dns,
        issued=(1,),
        servers=(RECORD,),
        is_broken=_is_record_or_kill_at_the_ca,
        breaks=(*OF_RECORD, "kill"),
        problem=_has_other_records,
    ),
    Operation(
        "redeployment to HAProxy",
        _rolled_back_in_haproxy,
        _in_haproxy,
        issued=(2,),
        servers=(SOCKET,),
        breaks=(*DISK, *OF_SOCKET),
        problem=_is_not_as_on_disk,
        repeats_at_once=True,
    ),
    Operation("renewal", _ending, _role, issued=(1, 1), options=("--clock=-P353D", "--max-days=398")),
    Operation("reissue with added names", _of_many_names, _with_a_name_more, issued=(2,)),
    Operation(
        "cancel",
        _pending,
        _cancelled,
        issued=(0,),
        verified=False,
        silent=False,
        is_done=_are_rejected,
        breaks=(*NETWORK, "kill"),
    ),
    Operation(
        "transfer of a shared key",
        _issued_to_another_host,
        _role,
        issued=(1,),
        breaks=(NETWORK[0], *DISK),  # it only reads the account
        is_broken=_has_one_disk_error,
        hosts=("web2", "web1"),
        sharing=True,
    ),
    Operation("first deployment", _on_disk, _role, issued=(1,), breaks=DISK),
    Operation("redeployment", _rolled_back, _role, issued=(2,), breaks=DISK),
)
"""The longest first, so that no other waits for it alone."""
