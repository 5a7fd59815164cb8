# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of declared certificates, of certificates in the account, and of the wait after an order.

Private to the collection. Documented by the fragments ``_declaration``, ``_reference``, ``_successor``, ``_store`` and
``_wait``.
"""

from __future__ import annotations

from typing import Any

from .._handover.terms import (
    AdminPrefix,
    BusinessCategory,
    DeclaredState,
    Environment,
    Format,
    KeyLocation,
    KeyType,
    Language,
    OnMistake,
    Operation,
    ProductKind,
    RevokeReason,
    Sent,
    TransferState,
    ValidationMethod,
)
from .._lifecycle.organization import LIMITS

DEFAULT_PATH = "/etc/certum"
ORDERED_KINDS = [kind.value for kind in ProductKind if kind is not ProductKind.UNKNOWN]


def contact_options() -> dict[str, Any]:
    """Return the option ``contact``."""
    return {
        "type": "dict",
        "options": {
            "first_name": {"type": "str"},
            "last_name": {"type": "str"},
            "email": {"type": "str"},
            "phone": {"type": "str"},
        },
    }


def organization_options() -> dict[str, Any]:
    """Return the option ``organization``."""
    texts: dict[str, Any] = {field: {"type": "str"} for field in LIMITS}
    return {
        "type": "dict",
        "options": {**texts, "business_category": {"type": "str", "choices": BusinessCategory.values()}},
    }


def _key_options() -> dict[str, Any]:
    return {
        "type": "dict",
        "no_log": False,
        "options": {
            "type": {"type": "str", "choices": KeyType.values()},
            "size": {"type": "int"},
            "location": {"type": "str", "choices": KeyLocation.values()},
        },
    }


def _validation_options() -> dict[str, Any]:
    return {
        "type": "dict",
        "options": {
            "method": {"type": "str", "choices": ValidationMethod.values()},
            "webroot": {"type": "path"},
            "http_port": {"type": "int"},
            "admin_prefix": {"type": "str", "choices": AdminPrefix.values()},
        },
    }


def _deploy_options() -> dict[str, Any]:
    """Return ``deploy``. ``single_items`` makes a list of one dictionary."""
    return {
        "type": "list",
        "elements": "dict",
        "options": {
            "service": {"type": "str", "required": True},
            "enable_site": {
                "type": "dict",
                "options": {
                    "src": {"type": "path", "required": True},
                    "dest": {"type": "path", "required": True},
                },
            },
            "check_command": {"type": "list", "elements": "str"},
            "reload_command": {"type": "list", "elements": "str"},
            "status_command": {"type": "list", "elements": "str"},
            "stats_socket": {"type": "path"},
            "verify": {"type": "list", "elements": "str", "aliases": ["probe"]},
        },
    }


def _common_options() -> dict[str, Any]:
    """Return the options that a declaration and the defaults for all declarations share."""
    return {
        "product": {"type": "str"},
        "key": _key_options(),
        "validation": _validation_options(),
        "remaining_days": {"type": "int"},
        "remaining_percentage": {"type": "float"},
        "customer": {"type": "str"},
        "contact": contact_options(),
        "organization": organization_options(),
        "revocation_contact_email": {"type": "str"},
        "language": {"type": "str", "choices": Language.values()},
        "owner": {"type": "str"},
        "group": {"type": "str"},
        "mode": {"type": "str"},
        "formats": {"type": "list", "elements": "str", "choices": Format.values()},
    }


def passphrase_options() -> dict[str, Any]:
    """Return ``passphrases`` of keystores. They are no part of declarations, which results contain."""
    return {"passphrases": {"type": "dict", "default": {}, "no_log": True}}


def declaration_options(*, required: bool = True) -> dict[str, Any]:
    """Return ``certificates``, a list of declared certificates."""
    return {
        "certificates": {
            "type": "list",
            "elements": "dict",
            "required": required,
            "options": {
                "name": {"type": "str", "required": True},
                "state": {"type": "str", "choices": DeclaredState.values(), "default": "present"},
                "revoke_reason": {"type": "str", "choices": RevokeReason.values()},
                "common_name": {"type": "str"},
                "subject_alt_name": {"type": "list", "elements": "str"},
                "www": {"type": "bool"},
                "allow_duplicate": {"type": "bool"},
                "share": {"type": "str"},
                "deploy": _deploy_options(),
                **_common_options(),
            },
        },
    }


def defaults_options() -> dict[str, Any]:
    """Return ``defaults``, which complete the declarations."""
    return {"defaults": {"type": "dict", "options": _common_options()}}


def policy_options() -> dict[str, Any]:
    """Return ``policy``, which limits the declarations."""
    return {
        "policy": {
            "type": "dict",
            "options": {
                "products": {"type": "list", "elements": "str"},
                "wildcards": {"type": "bool"},
                "max_names": {"type": "int"},
            },
        },
    }


def store_options() -> dict[str, Any]:
    """Return ``path``, the directory in which a host keeps its certificates."""
    return {"path": {"type": "path", "default": DEFAULT_PATH}}


def environment_options() -> dict[str, Any]:
    """Return ``api_environment``, the system of the CA that issues the certificates of a host."""
    return {"api_environment": {"type": "str", "choices": Environment.values()}}


def wait_options() -> dict[str, Any]:
    """Return the options of the wait for a certificate."""
    return {
        "wait": {"type": "bool", "default": True},
        "wait_timeout": {"type": "int", "default": 300},
        "wait_sleep": {"type": "int", "default": 60},
    }


def order_options() -> dict[str, Any]:
    """Return the options of one order: the request to the CA, and the facts that are known already."""
    return {
        "name": {"type": "str"},
        "order_id": {"type": "str"},
        "csr_path": {"type": "path"},
        "csr_content": {"type": "str"},
        "common_name": {"type": "str"},
        "subject_alt_name": {"type": "list", "elements": "str"},
        "product": {"type": "str", "default": "commercial_ssl"},
        "product_kind": {"type": "str", "choices": ORDERED_KINDS},
        "validation": {
            "type": "dict",
            "options": {
                "method": {"type": "str", "choices": ValidationMethod.values(), "default": "file"},
                "admin_prefix": {"type": "str", "choices": AdminPrefix.values()},
            },
        },
        "customer": {"type": "str"},
        "contact": {**contact_options(), "required": True},
        "organization": organization_options(),
        "email": {"type": "str"},
        "given_name": {"type": "str"},
        "surname": {"type": "str"},
        "revocation_contact_email": {"type": "str"},
        "language": {"type": "str", "choices": Language.values(), "default": "en"},
    }


ORDER_CONSTRAINTS: dict[str, Any] = {
    "mutually_exclusive": [("csr_path", "csr_content")],
    "required_one_of": [("csr_path", "csr_content")],
}


def certificate_options() -> dict[str, Any]:
    """Return the options of an order, the destinations of its certificate and the renewal window."""
    return {
        **order_options(),
        "operation": {"type": "str", "choices": Operation.values(), "default": "order"},
        "predecessor": {"type": "str"},
        "reissue_live_order": {"type": "bool", "default": False},
        "sent": {"type": "str", "choices": Sent.values(), "default": "no"},
        "validation_code": {"type": "str", "no_log": False},
        "cert_dest": {"type": "path"},
        "chain_dest": {"type": "path"},
        "fullchain_dest": {"type": "path"},
        "der_dest": {"type": "path"},
        "root_dest": {"type": "path"},
        "backup": {"type": "bool", "default": False},
        "force": {"type": "bool", "default": False},
        "remaining_days": {"type": "int"},
        "remaining_percentage": {"type": "float"},
    }


def reference_options() -> dict[str, Any]:
    """Return the options that identify a certificate of the account."""
    return {
        "serial_number": {"type": "str"},
        "order_id": {"type": "str"},
        "certificate_path": {"type": "path"},
        "certificate_content": {"type": "str"},
    }


REFERENCES = ("serial_number", "order_id", "certificate_path", "certificate_content")
REFERENCE_CONSTRAINTS: dict[str, Any] = {"mutually_exclusive": [REFERENCES], "required_one_of": [REFERENCES]}


def successor_options() -> dict[str, Any]:
    """Return the options of a successor: the former certificate, the CSR and the validation method."""
    return {
        **reference_options(),
        "csr_path": {"type": "path"},
        "csr_content": {"type": "str"},
        "validation": {
            "type": "dict",
            "options": {
                "method": {"type": "str", "choices": ValidationMethod.values(), "required": True},
                "admin_prefix": {"type": "str", "choices": AdminPrefix.values()},
            },
        },
    }


SUCCESSOR_CONSTRAINTS: dict[str, Any] = {
    kind: [*REFERENCE_CONSTRAINTS[kind], *ORDER_CONSTRAINTS[kind]] for kind in REFERENCE_CONSTRAINTS
}


def certificates_options() -> dict[str, Any]:
    """Return the options of a list of certificates."""
    return {
        "certificates": {
            "type": "list",
            "elements": "dict",
            "required": True,
            "options": certificate_options(),
            **ORDER_CONSTRAINTS,
        },
        "concurrency": {"type": "int", "default": 8},
    }


def progress_options() -> dict[str, Any]:
    """Return the options that say whether a call triggers validation and waits."""
    return {
        "trigger_validation": {"type": "bool", "default": True},
        **wait_options(),
    }


def orders_options(*, required: bool) -> dict[str, Any]:
    """Return ``orders``, the results of certum_certificates."""
    rule: dict[str, Any] = {"required": True} if required else {"default": []}
    return {"orders": {"type": "list", "elements": "dict", **rule}}


def transfer_options() -> dict[str, Any]:
    """Return the options of certum_transfer: both hosts, the transfers, and what one host sent to the other."""
    return {
        "state": {"type": "str", "choices": TransferState.values(), "required": True},
        "host": {"type": "str", "required": True},
        "transfers": {
            "type": "list",
            "elements": "dict",
            "default": [],
            "options": _required_texts("name", "serial_number", "sender", "receiver", "receiver_key"),
        },
        "sealed": {
            "type": "list",
            "elements": "dict",
            "default": [],
            "options": _required_texts("name", "sender", "receiver", "sender_key", "ciphertext"),
        },
        "supplied": {"type": "list", "elements": "dict", "default": []},
    }


def _required_texts(*names: str) -> dict[str, Any]:
    """Return options for texts. Ansible takes a name with ``key`` for a secret, and these keys are public."""
    return {name: {"type": "str", "required": True, **({"no_log": False} if "key" in name else {})} for name in names}


def preflight_options() -> dict[str, Any]:
    """Return the options of the preflight check: the certificates, and how their domains are resolved."""
    return {
        "certificates": {
            "type": "list",
            "elements": "dict",
            "options": {
                "name": {"type": "str"},
                "names": {"type": "list", "elements": "str", "required": True},
                "method": {"type": "str", "choices": ValidationMethod.values(), "default": "file"},
            },
        },
        "orders": {"type": "list", "elements": "dict"},
        "on_mistake": {"type": "str", "choices": OnMistake.values(), "default": "fail"},
        "resolvers": {"type": "list", "elements": "str", "default": []},
        "resolve": {"type": "dict", "default": {}},
        "timeout": {"type": "int", "default": 30},
    }


def adoption_options() -> dict[str, Any]:
    """Return ``certificates`` that are on a host, and the ``orders`` from which they came."""
    words: dict[str, Any] = {"type": "str"}
    needed: dict[str, Any] = {"required": True}
    return {
        "certificates": {
            "type": "list",
            "elements": "dict",
            "required": True,
            "options": {
                "name": {**words, **needed},
                "common_name": {**words, **needed},
                "certificate_path": {"type": "path", **needed},
                "chain_path": {"type": "path"},
                "privatekey_path": {"type": "path", **needed},
                "owner": words,
                "group": words,
                "mode": words,
            },
        },
        "orders": {
            "type": "list",
            "elements": "dict",
            "default": [],
            "options": {
                "serial_number": {**words, **needed},
                "order_id": words,
                "customer": words,
                "product": words,
                "term_end": words,
                "environment": {**words, "choices": Environment.values()},
                "problem": words,
            },
        },
    }
