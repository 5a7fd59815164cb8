# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The numbers in the README files of the roles are those of the code."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
import yaml
from ansible_collections.certops.certum.plugins.module_utils._batch.clocks import CLEARLY_WRONG, TOLERANCE
from ansible_collections.certops.certum.plugins.module_utils._host.revocation_check import SECONDS
from ansible_collections.certops.certum.plugins.module_utils._issuance.account_orders import CLOCKS_DIFFER_BY
from ansible_collections.certops.certum.plugins.module_utils._lifecycle.due_date import (
    DAYS_LEFT,
    SHORT_LIFETIME,
    RenewalWindow,
    due_at,
)
from ansible_collections.certops.certum.plugins.module_utils._lifecycle.former_certificate import FORMER_DAYS
from ansible_collections.certops.certum.plugins.module_utils._lifecycle.products import CATALOGUE
from ansible_collections.certops.certum.plugins.module_utils._lifecycle.verify_address import SCHEMES
from ansible_collections.certops.certum.plugins.module_utils._service.command import LAST_LOOKED_IN
from ansible_collections.certops.certum.plugins.module_utils._service.known_services import KNOWN, KnownService
from ansible_collections.certops.certum.plugins.module_utils._service.starttls import PORTS
from ansible_collections.certops.certum.tests.unit.docs.documentation import COLLECTION

START = datetime(2026, 4, 1, tzinfo=timezone.utc)
NAMES = [f"web{number}" for number in range(1000)]


def days_left(lifetime: int, *, term: int | None, people_decide: bool = False) -> tuple[int, int]:
    """Return the fewest and the most days that are left when a certificate of a fleet is due."""
    end = START + timedelta(days=lifetime)
    term_end = None if term is None else START + timedelta(days=term)
    window = RenewalWindow(people_decide=people_decide)
    due = [due_at(not_before=START, not_after=end, window=window, spread_by=name, term_end=term_end) for name in NAMES]
    left = [(end - moment) / timedelta(days=1) for moment in due]
    return round(min(left)), round(max(left))


def percent_left(lifetime: int) -> tuple[int, int]:
    """Return the same as a share of the lifetime, without a known term end."""
    fewest, most = days_left(lifetime, term=None)
    return 100 * fewest // lifetime, 100 * most // lifetime


def range_of(days: tuple[int, int]) -> str:
    return f"{days[0]} to {days[1]}"


DEPLOY_DEFAULTS = yaml.safe_load((COLLECTION / "roles/certum_deploy/defaults/main.yml").read_text())
_PATHS = [f"`{path}`" for path in LAST_LOOKED_IN]
_PORTS = [str(port) for port in sorted(PORTS)]
_SCHEMES = [f"`{scheme}`" for scheme in SCHEMES]
_SAME = ("apache2", "httpd")


def _units(entry: KnownService) -> str:
    return ", ".join(f"`{unit}`" for unit in (*entry.units, *entry.instances))


def _checks(entry: KnownService) -> str:
    return ", ".join(f"`{' '.join(command)}`" for command in entry.units.values() if command) or "none"


SENTENCES = {
    "certum": (
        f"of 199 days in a term of one year is due {range_of(days_left(199, term=365))} days before it expires",
        f"at least {DAYS_LEFT.days} days before it expires; the first",
        f"{range_of(days_left(199, term=199))} days before it expires; an OV or EV certificate",
        f"{days_left(199, term=199, people_decide=True)[0]} days before it expires |",
        f"lifetime of {SHORT_LIFETIME.days} days or less | when {range_of(percent_left(SHORT_LIFETIME.days))} percent",
        f"term end not known | when {range_of(percent_left(100))} percent",
        f"the CA revokes the former one {FORMER_DAYS} days later",
        f"In the last {FORMER_DAYS} days before the expiry date a reissue continues",
        f"at most {SECONDS} seconds for all certificates of a host together",
        f"covers up to {max(product.max_names or 0 for product in CATALOGUE)} names",
        {timedelta(minutes=5): "more than five minutes"}[TOLERANCE],
        {timedelta(days=1): "wrong by a day or more"}[CLEARLY_WRONG],
        {timedelta(days=1): "its own clock is wrong by half a day or more"}[CLOCKS_DIFFER_BY],
    ),
    "certum_deploy": (
        f"after `certum_deploy_command_timeout` seconds ({DEPLOY_DEFAULTS['certum_deploy_command_timeout']})",
        f"{', '.join(_PATHS[:-1])} and {_PATHS[-1]}",
        f"on ports {', '.join(_PORTS[:-1])} and {_PORTS[-1]}",
        f"The URL schemes are {', '.join(_SCHEMES[:-1])} and {_SCHEMES[-1]}",
        *(f"| `{name}` | {_units(entry)} | {_checks(entry)} |" for name, entry in KNOWN.items() if name not in _SAME),
    ),
}


@pytest.mark.parametrize(("role", "sentence"), [(role, each) for role, found in SENTENCES.items() for each in found])
def test_sentence_has_the_number_of_the_code(role: str, sentence: str) -> None:
    page = f"roles/{role}/README.md"
    is_there = sentence in " ".join((COLLECTION / page).read_text().split())
    assert is_there, f"{page} needs: {sentence}"
