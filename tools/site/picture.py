# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The picture of the flow on the start pages: one drawing, with the labels of each language."""

from __future__ import annotations

from html import escape
from pathlib import Path
from string import Template

DRAWING = Path(__file__).resolve().parents[2] / "docs/site/flow.svg"

LABELS = {
    "en": {
        "title": "From a declared certificate to a service that uses it",
        "text": "A host makes the key and the CSR. The controller orders the certificate once at Certum. Certum "
        "returns a validation code, and the host publishes it. Certum validates the domain and issues the certificate. "
        "The host installs the certificate and deploys it to the service. The private key stays on the host. The "
        "credentials stay on the controller.",
        "host": "Host",
        "controller": "Controller",
        "ca": "Certum",
        "key": "key and CSR",
        "order": "order once",
        "code": "validation code",
        "publish": "publish code",
        "validate": "validate",
        "certificate": "certificate",
        "install": "install",
        "deploy": "deploy, verify",
        "key_stays": "The private key",
        "key_where": "stays here.",
        "credentials_stay": "The credentials",
        "credentials_where": "stay here.",
    },
    "pl": {
        "title": "Od deklaracji certyfikatu do usługi, która go używa",
        "text": "Host tworzy klucz i CSR. Kontroler składa w Certum jedno zamówienie. Certum zwraca kod weryfikacyjny, "
        "a host go publikuje. Certum weryfikuje domenę i wydaje certyfikat. Host instaluje certyfikat i wdraża go w "
        "usłudze. Klucz prywatny pozostaje na hoście. Dane logowania pozostają na kontrolerze.",
        "host": "Host",
        "controller": "Kontroler",
        "ca": "Certum",
        "key": "klucz i CSR",
        "order": "zamówienie",
        "code": "kod weryfikacyjny",
        "publish": "publikacja",
        "validate": "weryfikacja",
        "certificate": "certyfikat",
        "install": "instalacja",
        "deploy": "wdrożenie",
        "key_stays": "Klucz prywatny",
        "key_where": "zostaje tutaj.",
        "credentials_stay": "Dane logowania",
        "credentials_where": "zostają tutaj.",
    },
}


def flow(language: str) -> str:
    """Return the drawing as HTML that Markdown takes as one block."""
    drawing = DRAWING.read_text(encoding="utf-8").partition("-->\n")[2]
    labels = {name: escape(label) for name, label in LABELS[language].items()}
    return f'<figure class="flow">\n{Template(drawing).substitute(labels)}</figure>\n'
