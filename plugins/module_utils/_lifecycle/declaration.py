# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A declared certificate. It is checked as a whole before anything is ordered, and all problems are reported together.

Private to the collection. Pure. A declaration is the dictionary of options that an argument spec has already typed.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from .._handover.foreign_text import LONGEST_SHOWN, quote
from .._handover.problems import KnownError
from .._handover.terms import DeclaredState, Format, KeyLocation, KeyType, ProductKind, ValidationMethod
from .certificate_names import InvalidNameError, NameRequest, problems_with, wanted_names
from .deployment_problems import deployment_problems
from .due_date import RenewalWindow
from .duplicates import Claim, duplicates_without_consent, sentence_about
from .order_identity import CUSTOMER_MAX, DECLARATION_NAME
from .organization import organization_problems
from .products import Product, UnknownProductError, find
from .verified_services import VerifiedService, declared_services
from .verify_address import HIGHEST_PORT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from .._handover.declared_items import DeclaredDefaults, DeclaredItem
    from .decision import Desired

CONTACT_LIMITS = {"first_name": 255, "last_name": 255, "email": 255}  # errors 1072, 1065, 1081
PHONE_MAX = 32  # error 1066
CONTROL_CHARACTER = re.compile(r"[\x00-\x1f\x7f-\x9f]")
FORBIDDEN_IN_CUSTOMER = "\"&'<>"  # error 1156


class InvalidDeclarationError(KnownError, ValueError):
    """One or more declarations with problems. The text has one line for each problem."""

    remedy = "Correct the declaration, then run again."


@dataclass(frozen=True)
class Declaration:
    """One declared certificate, complete and consistent. ``names`` are encoded, the CN first.

    ``share`` is the group of hosts that share it, empty if the certificate belongs to one host.
    ``key_location`` decides whether the host makes the private key.
    """

    name: str
    product: Product
    names: tuple[str, ...]
    key_type: KeyType
    key_size: int
    method: ValidationMethod
    window: RenewalWindow
    deployed: bool
    allow_duplicate: bool = False
    services: tuple[VerifiedService, ...] = ()
    share: str = ""
    key_location: KeyLocation = KeyLocation.HOST

    @property
    def common_name(self) -> str:
        return self.names[0]

    def desired(self, *, environment: str | None = None, replace: bool = False) -> Desired:
        """Return the certificate to have on a host that declares this ``environment`` of the CA."""
        from .decision import Desired  # noqa: PLC0415 - a run on the controller that only checks variables decides nothing

        return Desired(
            name=self.name,
            names=frozenset(self.names),
            product_code=self.product.code,
            key=f"{self.key_type} {self.key_size}" if self.key_location is KeyLocation.HOST else None,
            window=self.window,
            deployed=self.deployed,
            common_name=self.common_name,
            environment=environment,
            replace=replace,
            services=self.services,
        )


def with_defaults(item: Mapping[str, Any], defaults: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return ``item`` with its unset options taken from ``defaults``. Dictionaries are merged key by key.

    Options that neither sets are left out, see ``only_set``.
    """
    merged: dict[str, Any] = {}
    for key in {**(defaults or {}), **item}:
        value, default = item.get(key), (defaults or {}).get(key)
        if isinstance(value, dict) or (value is None and isinstance(default, dict)):
            merged[key] = with_defaults(value or {}, default)
        elif value is not None or default is not None:
            chosen = default if value is None else value
            merged[key] = [_without_unset(each) for each in chosen] if isinstance(chosen, list) else chosen
    return merged


def _without_unset(element: object) -> object:
    return with_defaults(element, None) if isinstance(element, dict) else element


def completed(item: DeclaredItem, defaults: DeclaredDefaults | None) -> DeclaredItem:
    """Return a declaration with its defaults. One that is absent has none."""
    return item if is_absent(item) else cast("DeclaredItem", with_defaults(item, defaults))


def is_absent(item: Mapping[str, Any]) -> bool:
    """Return whether the certificate is declared absent. It needs a name, and for revocation the common name."""
    return item.get("state") == DeclaredState.ABSENT


def only_set(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``item`` without options that are None. An argument spec would refuse None in an option."""
    return with_defaults(item, None)


def key_location(item: Mapping[str, Any]) -> KeyLocation:
    """Return where the private key is kept as declared."""
    return KeyLocation((item.get("key") or {}).get("location") or KeyLocation.HOST)


@dataclass(frozen=True)
class Review:
    """The declarations of a list. ``problems`` has a line for each problem, ``refused`` the index of each bad item."""

    declarations: Mapping[int, Declaration]
    problems: Sequence[str]
    refused: frozenset[int]


def read_declarations(items: Sequence[Mapping[str, Any]]) -> list[Declaration]:
    """Return the declarations of the certificates that are declared present.

    Raises InvalidDeclarationError with every problem of every item of the whole list.
    """
    found = review(items)
    if found.problems:
        raise InvalidDeclarationError("\n".join(found.problems))
    return list(found.declarations.values())


def review(items: Sequence[Mapping[str, Any]]) -> Review:
    """Return the declarations of a list, and the problems of its items.

    Items with the same name are all refused, and so are items with the same names in the certificate.
    """
    counts = Counter(str(item["name"]) for item in items)
    problems = [f"{quote(name, LONGEST_SHOWN)}: declared {count} times" for name, count in counts.items() if count > 1]
    refused = {index for index, item in enumerate(items) if counts[str(item["name"])] > 1}
    declarations: dict[int, Declaration] = {}
    for index, item in enumerate(items):
        declaration, found = (None, _problems_of_absent(item)) if is_absent(item) else _read(item)
        problems.extend(f"{quote(item['name'], LONGEST_SHOWN)}: {problem}" for problem in found)
        if found:
            refused.add(index)
        if declaration is not None:
            declarations[index] = declaration
    for same in duplicates_without_consent({each.name: _claim_of(each) for each in declarations.values()}.values()):
        problems.append(sentence_about(same))
        names = {claim.name for claim in same}
        refused |= {index for index, each in declarations.items() if each.name in names}
    return Review(declarations, problems, frozenset(refused))


def _claim_of(declaration: Declaration) -> Claim:
    return Claim(
        name=declaration.name,
        names=frozenset(declaration.names),
        key_type=declaration.key_type.value,
        may_be_shared=declaration.allow_duplicate,
    )


def _read(item: Mapping[str, Any]) -> tuple[Declaration | None, list[str]]:
    problems = [problem for rule in _RULES for problem in rule(item)]
    if problems:
        return None, problems
    method = ValidationMethod((item.get("validation") or {}).get("method") or ValidationMethod.FILE)
    key = item.get("key") or {}
    key_type = KeyType(key.get("type") or KeyType.EC)
    try:
        product = find(item.get("product") or "commercial_ssl")
        names = wanted_names(
            common_name=item["common_name"],
            subject_alt_name=item.get("subject_alt_name") or (),
            www=bool(item.get("www")),
        )
    except (InvalidNameError, UnknownProductError) as error:
        return None, [str(error)]
    problems = [
        *problems_with(NameRequest(names=names, product=product, method=method)),
        *organization_problems(product, item.get("organization") or {}),
    ]
    if product.kind is ProductKind.SMIME:
        problems.append(
            f"{product.title} is for mail, and hosts use TLS certificates; order it with certum_certificate"
        )
    declaration = Declaration(
        name=item["name"],
        product=product,
        names=names,
        key_type=key_type,
        key_size=key.get("size") or key_type.sizes[0],
        method=method,
        window=RenewalWindow.declared(item, people_decide=product.people_decide),
        deployed=bool(item.get("deploy")),
        allow_duplicate=bool(item.get("allow_duplicate")),
        services=declared_services(cast("DeclaredItem", item)),
        share=item.get("share") or "",
        key_location=key_location(item),
    )
    return declaration, problems


def _problems_of_absent(item: Mapping[str, Any]) -> list[str]:
    problems = [*_name(item), *_control_characters(item)]
    if item.get("revoke_reason") and not item.get("common_name"):
        problems.append("revoke_reason requires common_name: the controller revokes only certificates with that name")
    return problems


def _control_characters(item: Mapping[str, Any], where: str = "") -> Iterable[str]:
    """Yield the options with a control character. No path, command or request needs one, and a terminal acts on it."""
    for key, value in item.items():
        elements = value if isinstance(value, list) else (value,)
        for each in elements:
            if isinstance(each, dict):
                yield from _control_characters(each, f"{where}{key}.")
        if any(isinstance(each, str) and CONTROL_CHARACTER.search(each) for each in elements):
            yield f"{where}{key} has a control character, such as a line break; remove it"


def _name(item: Mapping[str, Any]) -> Iterable[str]:
    if not DECLARATION_NAME.match(item["name"]):
        yield (
            "name is used for a directory and an order id: use 1 to 64 letters, digits, dots, underscores and hyphens, "
            "and begin with a letter or digit"
        )


def _common_name(item: Mapping[str, Any]) -> Iterable[str]:
    if not item.get("common_name"):
        yield "common_name is missing; only a certificate with state absent does not need it"


def _revoke_reason(item: Mapping[str, Any]) -> Iterable[str]:
    if item.get("revoke_reason"):
        yield "revoke_reason requires state absent; to revoke a certificate that stays declared, use certum_revoke"


def _key(item: Mapping[str, Any]) -> Iterable[str]:
    key = item.get("key") or {}
    key_type, size = KeyType(key.get("type") or KeyType.EC), key.get("size")
    if size is not None and size not in key_type.sizes:
        sizes = ", ".join(map(str, key_type.sizes))
        yield f"key size {size} is not offered for {key_type}; choose one of {sizes} (error 2109)"


def _key_elsewhere(item: Mapping[str, Any]) -> Iterable[str]:
    """Yield the options that need the private key as a file."""
    if key_location(item) is KeyLocation.HOST:
        return
    needed = [each for each in item.get("formats") or () if Format(each).has_key]
    if needed:
        words = ", ".join(needed)
        yield f"key.location is elsewhere, and {words} would contain the private key; remove it from formats"
    if item.get("share"):
        yield "key.location is elsewhere, and share would send the private key to other hosts; remove one of them"


def _window(item: Mapping[str, Any]) -> Iterable[str]:
    days, percentage = item.get("remaining_days"), item.get("remaining_percentage")
    if days is not None and days < 0:
        yield f"remaining_days is {days}; use a number of days before the expiry date, 0 or more"
    if percentage is not None and not 0 <= percentage <= 100:
        yield f"remaining_percentage is {percentage}; use a share of the lifetime, 0 to 100"


def _webroot(item: Mapping[str, Any]) -> Iterable[str]:
    validation = item.get("validation") or {}
    webroot = validation.get("webroot")
    if webroot and not webroot.startswith("/"):
        yield f"validation.webroot {quote(webroot, LONGEST_SHOWN)} is not an absolute path"
    port = validation.get("http_port")
    if port is not None and not 0 < port <= HIGHEST_PORT:
        yield f"validation.http_port is {port}, and must be 1 to {HIGHEST_PORT}"
    by_file = (validation.get("method") or ValidationMethod.FILE) == ValidationMethod.FILE
    if webroot and port is not None and by_file:
        yield (
            "validation.webroot and validation.http_port are both set, and http_port is for a host without a web root. "
            "Remove one of them, also from the defaults (certum_validation)"
        )


def _admin_prefix(item: Mapping[str, Any]) -> Iterable[str]:
    validation = item.get("validation") or {}
    if validation.get("method") == ValidationMethod.ADMIN and not validation.get("admin_prefix"):
        yield "validation by admin requires validation.admin_prefix, the mailbox that gets the link (error 2159)"


def _contact(item: Mapping[str, Any]) -> Iterable[str]:
    contact = item.get("contact") or {}
    missing = [field for field in CONTACT_LIMITS if not contact.get(field)]
    if missing:
        fields = ", ".join(f"contact.{field}" for field in missing)
        are = "are" if len(missing) > 1 else "is"
        yield (
            f"{fields} {are} missing (the CA requires a requestor, error 1009). With the role, set certum_contact for "
            "all declarations, or contact in this one"
        )
    yield from contact_problems(contact, required=())


def contact_problems(contact: Mapping[str, Any], *, required: Iterable[str] = tuple(CONTACT_LIMITS)) -> Iterable[str]:
    """Yield why the CA would refuse this requestor (errors 1009, 1053 to 1055, 1060, 1065, 1066, 1072, 1081)."""
    for field, limit in CONTACT_LIMITS.items():
        value = contact.get(field)
        if not value and field in required:
            yield f"contact.{field} is missing (the CA requires a requestor, error 1009)"
        elif value and len(value) > limit:
            yield f"contact.{field} is longer than {limit} characters"
    if contact.get("email") and "@" not in contact["email"]:
        yield f"contact.email {quote(contact['email'], LONGEST_SHOWN)} is not an e-mail address (error 1060)"
    if len(contact.get("phone") or "") > PHONE_MAX:
        yield f"contact.phone is longer than {PHONE_MAX} characters (error 1066)"


def _customer(item: Mapping[str, Any]) -> Iterable[str]:
    return customer_problems(item.get("customer") or "")


def customer_problems(customer: str) -> Iterable[str]:
    """Yield why the CA would refuse this customer (errors 1077, 1156)."""
    if len(customer) > CUSTOMER_MAX:
        yield f"customer is longer than {CUSTOMER_MAX} characters (error 1077)"
    if any(character in FORBIDDEN_IN_CUSTOMER for character in customer):
        yield f"customer contains one of {FORBIDDEN_IN_CUSTOMER} (error 1156)"


_RULES = (
    _name,
    _control_characters,
    _common_name,
    _revoke_reason,
    _key,
    _key_elsewhere,
    _window,
    _webroot,
    _admin_prefix,
    _contact,
    _customer,
    deployment_problems,
)
