# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Asks pip-audit for known vulnerabilities of the installed packages.

Usage: python tools/audit.py [SECONDS]. Fails if there are any. If its data cannot be reached, it reports this and
succeeds: a closed network shows nothing.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

SECONDS = 60.0
COMMAND = ("pip-audit", "--local", "--format", "json", "--progress-spinner", "off", "--timeout", "10")


def main() -> int:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    try:
        run = subprocess.run(COMMAND, capture_output=True, text=True, timeout=seconds, check=False)
    except FileNotFoundError:
        print("pip-audit is missing: make dev installs it", file=sys.stderr)
        return 1
    except subprocess.TimeoutExpired:
        return skipped(f"no answer within {seconds:g} s")
    try:
        packages = json.loads(run.stdout)["dependencies"]
    except (ValueError, KeyError):
        said = run.stderr.strip().splitlines()
        return skipped(said[-1] if said else f"it ended with {run.returncode} and without a message")
    return verdict(packages)


def skipped(why: str) -> int:
    print(f"pip-audit: skipped, its data cannot be reached: {why}")
    return 0


def verdict(packages: list[dict[str, Any]]) -> int:
    known = [package for package in packages if "skip_reason" not in package]
    if not known:
        return skipped(packages[0]["skip_reason"] if packages else "it looked at no package")
    found = [(package, vulnerability) for package in known for vulnerability in package["vulns"]]
    for package, vulnerability in found:
        fixed = ", ".join(vulnerability["fix_versions"]) or "no version yet"
        print(f"pip-audit: {package['name']} {package['version']}: {vulnerability['id']}, fixed in {fixed}")
    unknown = len(packages) - len(known)
    print(f"pip-audit: {len(found)} vulnerabilities in {len(known)} packages, {unknown} could not be looked up")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
