# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The names of a certificate: encoding, syntax, and the limits of products and validation methods.

Private to the collection. Pure: no network, no files.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .._handover.foreign_text import quote
from .._handover.problems import KnownError

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Sequence

    from .._handover.terms import ValidationMethod
    from .products import Product

COMMON_NAME_MAX = 64  # error 1101
DNS_NAME_MAX = 253  # RFC 1035 2.3.4
DNS_LABEL_MAX = 63  # error 2088

_LDH_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?\Z")
_HOST_LABEL = re.compile(rf"[a-z0-9_-]{{1,{DNS_LABEL_MAX}}}\Z")
_LETTERS_MARKS_DIGITS = frozenset(("Ll", "Lo", "Lm", "Mn", "Mc", "Nd"))


class InvalidNameError(KnownError, ValueError):
    """A name that cannot be certified. The text has the name, the reason and the remedy."""

    remedy = "Correct the name, then run again."


def is_ip_address(name: str) -> bool:
    if ":" not in name and not name[-1:].isdigit():
        return False  # most names are host names, and an exception takes long
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def is_wildcard(name: str) -> bool:
    return name.startswith("*.")


def without_wildcard(name: str) -> str:
    """Return the name to validate: ``example.org`` for ``*.example.org`` (lifecycle.md 4.1)."""
    return name[2:] if is_wildcard(name) else name


def encode(name: str) -> str:
    """Return the name in the form of a certificate: lower case, labels as A-labels, an IP address in its usual form.

    Raises InvalidNameError for a name that no public CA can certify.
    """
    text = name.strip().rstrip(".")
    if is_ip_address(text):
        return _encode_address(text)
    labels = text.split(".")
    wildcard = labels[0] == "*"
    encoded = [_encode_label(label, name=name) for label in labels[1 if wildcard else 0 :]]
    if len(encoded) < 2:
        raise InvalidNameError(
            f"'{quote(name)}' is not a full domain name: a public CA certifies only names such as www.example.org "
            "(error 1157)."
        )
    result = ".".join((["*"] if wildcard else []) + encoded)
    if len(result) > DNS_NAME_MAX:
        raise InvalidNameError(
            f"'{quote(name, 60)}'... has {len(result)} characters, but a DNS name has 1 to {DNS_NAME_MAX}."
        )
    return result


def is_covered(host: str, names: Container[str]) -> bool:
    """Return whether a certificate with these names covers an encoded host; a * is one label (RFC 6125 6.4.3)."""
    return host in names or f"*.{host.partition('.')[2]}" in names


def with_companions(names: Sequence[str]) -> frozenset[str]:
    """Return the names, and the names that the CA may add by itself: the same with and without ``www.``."""
    return frozenset((*names, *(f"www.{name}" for name in names), *(name.removeprefix("www.") for name in names)))


def encode_host(host: str) -> str:
    """Return a host for a connection: an address in its usual form, or a name in lower case with A-labels.

    It may be a name that no CA certifies, such as ``localhost``. Raises InvalidNameError if it cannot be resolved.
    """
    if is_ip_address(host):
        return str(ipaddress.ip_address(host))
    labels = [_lowered(label, name=host) for label in host.removesuffix(".").split(".")]
    result = ".".join(labels)
    if not all(map(_HOST_LABEL.match, labels)) or len(result) > DNS_NAME_MAX:
        raise InvalidNameError(
            f"'{quote(host, 80)}' is neither an address nor a host name. A host name has labels of 1 to {DNS_LABEL_MAX}"
            f" letters, digits, hyphens and underscores, and at most {DNS_NAME_MAX} characters"
        )
    return result


def _encode_address(text: str) -> str:
    address = ipaddress.ip_address(text)
    if not address.is_global:
        raise InvalidNameError(f"{text} is not a public address, but the CA certifies only public ones (error 1148).")
    return str(address)


def _encode_label(label: str, *, name: str) -> str:
    lowered = _lowered(label, name=name)
    if len(lowered) > DNS_LABEL_MAX:
        raise InvalidNameError(f"'{quote(name, 80)}': a label is longer than {DNS_LABEL_MAX} characters (error 2088).")
    if not _LDH_LABEL.match(lowered):
        reason = (
            "is empty"
            if not label
            else f"'{quote(label, DNS_LABEL_MAX)}' does not consist of letters, digits and inner hyphens"
        )
        raise InvalidNameError(
            f"'{quote(name, 80)}': a label {reason} (error 1008); a * may only be the whole first label."
        )
    return lowered


def _lowered(label: str, *, name: str) -> str:
    lowered = unicodedata.normalize("NFC", label.lower())
    return lowered if lowered.isascii() else _to_a_label(lowered, name=name)


def _to_a_label(label: str, *, name: str) -> str:
    """Return the label in punycode. IDNA 2008 maps no characters, so the German sharp s stays as it is."""
    if any(not (c.isascii() or unicodedata.category(c) in _LETTERS_MARKS_DIGITS) for c in label):
        raise InvalidNameError(
            f"'{quote(name)}' has a character that is not allowed in a domain name; write the name in its xn-- form."
        )
    return "xn--" + label.encode("punycode").decode("ascii")


def wanted_names(*, common_name: str, subject_alt_name: Sequence[str] = (), www: bool = False) -> tuple[str, ...]:
    """Return every name of the certificate once: the CN first (error 1045), then the others in the given order.

    ``www`` adds the CN with ``www.``. If the CN starts with ``www.``, it adds the CN without it.
    """
    first = encode(common_name)
    names = [first]
    if www:
        names.append(_www_twin(first))
    names.extend(encode(name) for name in subject_alt_name)
    return tuple(dict.fromkeys(names))


def _www_twin(common_name: str) -> str:
    if is_wildcard(common_name) or is_ip_address(common_name):
        raise InvalidNameError(
            f"www: true has no meaning for {common_name}; remove it, or set the names in subject_alt_name."
        )
    return common_name[4:] if common_name.startswith("www.") else f"www.{common_name}"


@dataclass(frozen=True)
class NameRequest:
    """Encoded names, the CN first, for a certificate of ``product`` with the validation method ``method``."""

    names: tuple[str, ...]
    product: Product
    method: ValidationMethod


def problems_with(request: NameRequest) -> list[str]:
    """Return the reasons for which the CA would refuse these names. Empty if none is known."""
    return [problem for rule in _RULES for problem in rule(request)]


def _common_name_too_long(request: NameRequest) -> Iterable[str]:
    common_name = request.names[0]
    if len(common_name) > COMMON_NAME_MAX:
        yield (
            f"common_name {common_name} has {len(common_name)} characters, the CA accepts at most {COMMON_NAME_MAX}"
            " (error 1101)"
        )


def _too_many_wildcards(request: NameRequest) -> Iterable[str]:
    wildcards = [name for name in request.names if is_wildcard(name)]
    if len(wildcards) > 1:
        yield f"more than one wildcard in one order: {', '.join(wildcards)} (error 1046)"


def _wildcard_not_sold(request: NameRequest) -> Iterable[str]:
    if request.product.wildcard is False:
        for name in filter(is_wildcard, request.names):
            yield f"{request.product.title} covers no wildcard, {name} needs a wildcard product (error 1115)"


def _wildcard_missing(request: NameRequest) -> Iterable[str]:
    if request.product.wildcard and not is_wildcard(request.names[0]):
        yield f"{request.product.title} needs a wildcard common_name such as *.{request.names[0]} (error 1117)"


def _too_many_names(request: NameRequest) -> Iterable[str]:
    limit = request.product.max_names
    if limit is not None and len(request.names) > limit:
        yield (
            f"{len(request.names)} names, {request.product.title} covers at most {limit}: "
            "move some names to another certificate (error 1107)"
        )


def _names_of_another_site(request: NameRequest) -> Iterable[str]:
    if not request.product.covers_one_site:
        return
    common_name = request.names[0]
    companion = _companion(common_name)
    strangers = [name for name in request.names[1:] if name != companion]
    if strangers:
        yield (
            f"{request.product.title} covers {common_name} and {companion}, not {', '.join(strangers)}: "
            "order a multi-domain product or another certificate (error 1107)"
        )


def _companion(common_name: str) -> str:
    if is_wildcard(common_name) or is_ip_address(common_name):
        return without_wildcard(common_name)
    return _www_twin(common_name)


def _method_cannot_validate(request: NameRequest) -> Iterable[str]:
    for name in request.names:
        if is_wildcard(name) and not request.method.validates_wildcards:
            yield f"validation method {request.method.value} cannot validate {name}; use dns_txt_prefix (error 2186)"
        if is_ip_address(name) and not request.method.validates_addresses:
            yield f"validation method {request.method.value} cannot validate the address {name}; use file (error 2171)"


_RULES = (
    _common_name_too_long,
    _too_many_wildcards,
    _wildcard_not_sold,
    _wildcard_missing,
    _too_many_names,
    _names_of_another_site,
    _method_cannot_validate,
)
