# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Starts every Python of ansible-playbook with the faults, if PYTHONPATH contains this directory."""

import importlib
import os
import sys
from pathlib import Path

if control := os.environ.get("CERTUM_CHAOS_CONTROL"):
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    importlib.import_module("disk").install(Path(control))
    sys.path.pop(0)
