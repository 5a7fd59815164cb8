# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sphinx settings of the documentation site that `make docs` builds."""

from __future__ import annotations

project = "certops.certum"
author = "certops.certum contributors"
project_copyright = "2026 certops.certum contributors"

extensions = [
    "myst_parser",
    "sphinx_antsibull_ext",
    "sphinx_copybutton",
    "ansible_collections.certops.certum.tools.site.sphinx_hooks",
]
antsibull_ext_color_scheme = "none"  # site.css has the colours
copybutton_prompt_text = "$ "
copybutton_only_copy_prompt_lines = True
myst_heading_anchors = 3
myst_enable_extensions = ["attrs_inline", "deflist"]
# The reference links to pages that only Ansible's own site has; `make docs-check` finds broken references to our pages.
suppress_warnings = ["ref.ref", "toc.empty_glob"]
highlight_language = "text"
pygments_style = "a11y-high-contrast-light"
pygments_dark_style = "a11y-high-contrast-dark"

html_theme = "furo"
html_theme_options = {
    "light_css_variables": {"site-good": "#1b6e20", "site-part": "#7a5a00", "site-bad": "#b3261e"},
    "dark_css_variables": {"site-good": "#7fd083", "site-part": "#e0b84c", "site-bad": "#ff8f85"},
}
html_title = "certops.certum"
html_show_sphinx = False
html_copy_source = False
html_static_path = ["_static"]
html_css_files = ["site.css"]
