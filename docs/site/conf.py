# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sphinx settings of the documentation site that `make docs` builds."""

from __future__ import annotations

project = "certops.certum"
author = "certops.certum contributors"
project_copyright = "2026 certops.certum contributors"

extensions = ["myst_parser", "sphinx_antsibull_ext"]
myst_heading_anchors = 3
myst_enable_extensions = ["deflist"]
exclude_patterns = ["README.md"]  # it is the front page
# The reference links to pages that only Ansible's own site has; `make docs-check` finds broken references to our pages.
suppress_warnings = ["ref.ref"]
highlight_language = "yaml+jinja"

html_theme = "furo"
html_title = "certops.certum"
html_show_sphinx = False
