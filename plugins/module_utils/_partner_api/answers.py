# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The message in an HTTP answer, or the error that describes the answer.

Private to the collection. Text quoted from the answer is stripped of credentials first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from .._third_party.controller_packages import ValidationError
from .api_errors import (
    ApiError,
    AuthenticationError,
    OutcomeUnknownError,
    ReportedError,
    SoapFaultError,
    UnparsableAnswerError,
)
from .error_codes import describe, remedy
from .messages.base import ANSWER_TAG, Answer
from .messages.header import Error, ResponseHeader
from .soap_envelope import BrokenXmlError, ForeignXmlError, unwrap

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from .call import Call
    from .transport import HttpAnswer

_A = TypeVar("_A", bound=Answer)
_BAD_CREDENTIALS = {2, 3}
_HTML = re.compile(rb"<(!doctype\s+html|html)\b", re.IGNORECASE)
_TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.IGNORECASE | re.DOTALL)
_NOT_THE_API = "Check api_url (the whole address with .wsdl at its end), and any proxy between here and the CA."
_CHECK_ACCESS = (
    "Check user name and password, and that the controller's outgoing address is on the allow list "
    "(CertManager, Account Settings, API Access). Production and test have separate accounts and lists. "
    "Correct the settings, then run again."
)


@dataclass(frozen=True)
class AnswerReader:
    """The reader of the answer to one call."""

    call: Call

    def read(self, http: HttpAnswer, model: type[_A]) -> tuple[ResponseHeader, _A]:
        """Return the header and the message.

        Raises AuthenticationError, ApiError, SoapFaultError and OutcomeUnknownError.
        """
        root = self._body(http)
        if root.tag == "Fault":
            raise self._fault(root)
        if root.tag not in {f"{self.call.operation}Response", f"{self.call.operation}Reponse"}:  # as in the schema
            raise self._unparsable(f"the answer is <{self.call.quote(root.tag)}>, which belongs to another call")
        header = self._header(root)
        if header.success_code in _BAD_CREDENTIALS:
            why = f"the CA does not accept the user name or password (successCode {header.success_code})"
            raise AuthenticationError(where=self.call.where, why=why, remedy=_CHECK_ACCESS)
        if header.success_code != 0:
            errors = tuple(self._reported(error) for error in header.errors)
            raise ApiError(where=self.call.where, success_code=header.success_code, errors=errors)
        return header, self._parse(root, model)

    def _body(self, http: HttpAnswer) -> Element:
        if 300 <= http.status < 400:
            target = self.call.quote(urlsplit(http.location).hostname or "an unnamed host")
            raise self._unparsable(f"the CA answered HTTP {http.status}, a redirect to {target}, which is not followed")
        if http.status in {401, 403}:
            why = f"the CA answered {self._kind(http)}"
            raise AuthenticationError(where=self.call.where, why=why, remedy=_CHECK_ACCESS)
        try:
            if _is_html(http):
                raise ForeignXmlError("not a message of the Partner API")
            return unwrap(http.body)
        except (BrokenXmlError, ForeignXmlError) as error:
            raise self._no_message(http, error) from None

    def _no_message(self, http: HttpAnswer, error: BrokenXmlError | ForeignXmlError) -> OutcomeUnknownError:
        why = f"the CA answered {self._kind(http)}, {self.call.quote(str(error))}"
        if http.status >= 500 or (http.status == 200 and isinstance(error, BrokenXmlError)):
            return OutcomeUnknownError(where=self.call.where, why=why, remedy=self.call.remedy_if_unknown)
        return self._unparsable(why)

    def _fault(self, fault: Element) -> SoapFaultError:
        code = fault.findtext("faultcode") or fault.findtext("Code/Value") or "Server"
        text = fault.findtext("faultstring") or fault.findtext("Reason/Text") or "no text"
        local_code = code.rpartition(":")[2].partition(".")[0]
        return SoapFaultError(
            where=self.call.where,
            code=self.call.quote(local_code),
            text=self.call.quote(text),
            remedy_if_unknown=self.call.remedy_if_unknown,
        )

    def _header(self, root: Element) -> ResponseHeader:
        header = root.find("responseHeader")
        if header is None:
            raise self._unparsable("the answer has no responseHeader")
        root.remove(header)
        return self._parse(header, ResponseHeader)

    def _parse(self, element: Element, model: type[_A]) -> _A:
        element.tag = ANSWER_TAG
        try:
            return model.from_xml_tree(element, empty_as_string=True)
        except ValidationError as error:
            problems = error.errors(include_url=False, include_input=False, include_context=False)
            text = "; ".join(f"{'/'.join(map(str, problem['loc']))}: {problem['msg']}" for problem in problems)
            raise self._unparsable(f"the answer does not match the schema: {self.call.quote(text)}") from None

    def _reported(self, error: Error) -> ReportedError:
        known = describe(error.error_code)
        return ReportedError(
            code=error.error_code,
            element=known.element,
            meaning=known.meaning,
            error_class=known.error_class,
            remedy=remedy(error.error_code),
            value=self.call.quote(error.value),
        )

    def _unparsable(self, why: str) -> UnparsableAnswerError:
        return UnparsableAnswerError(
            where=self.call.where, why=why, remedy=f"{_NOT_THE_API} {self.call.remedy_if_unknown}"
        )

    def _kind(self, http: HttpAnswer) -> str:
        if not _is_html(http):
            kind = self.call.quote(http.content_type) or "no declared type"
            return f"HTTP {http.status} with {len(http.body)} bytes of {kind}"
        title = _TITLE.search(http.body[:65536].decode("utf-8", "replace"))
        return f"HTTP {http.status} with an HTML page" + (f' "{self.call.quote(title.group(1))}"' if title else "")


def _is_html(http: HttpAnswer) -> bool:
    return "html" in http.content_type.lower() or _HTML.match(http.body.lstrip()[:64]) is not None
