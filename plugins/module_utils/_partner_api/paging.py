# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The pages of the three paged operations (partner-api.md 1.3).

Private to the collection.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Callable, TypeVar

from .api_errors import ApiError, CertumError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from .messages.header import ResponseHeader
    from .messages.order_lookup import ListedOrder

_T = TypeVar("_T")
_MAX_PAGES = 100  # error 1153
_TOO_MANY = 1154
_PAST_THE_END = 1155
_SHORTEST_PERIOD = timedelta(seconds=2)


class TooLongError(CertumError):
    """A list has more pages than a client may request. The rest must not look as if it did not exist."""

    def __init__(self) -> None:
        super().__init__(
            where="the CA's list",
            why=f"it has more than {_MAX_PAGES} pages, and the CA sends no more than that (error 1153)",
            remedy="Request a shorter period, or fewer days.",
        )


def pages(page: Callable[[int], tuple[ResponseHeader, tuple[_T, ...]]]) -> Iterator[_T]:
    """Yield the records of page 1, 2, ... up to the last page by the header's count, or until error 1155.

    A header may leave out the count (partner-api.md 1.2): then a page without records, or error 1155, is the end. Error
    1155 for the first page may mean a result without records. Raises TooLongError.
    """
    for number in range(1, _MAX_PAGES + 1):
        try:
            header, records = page(number)
        except ApiError as error:
            if error.has(_PAST_THE_END):
                return
            raise
        if (header.pages_count or 0) > _MAX_PAGES:
            break
        yield from records
        if number >= header.pages_count if header.pages_count is not None else not records:
            return
    raise TooLongError


def split_periods(
    orders_of: Callable[[datetime, datetime], Iterator[ListedOrder]], *, from_date: datetime, to_date: datetime
) -> Iterator[ListedOrder]:
    """Yield the orders of a period; halves the period while it has too many results (error 1154) or pages.

    Two halves share their bound, because no source states whether bounds are inclusive. An order that comes twice is
    yielded once.
    """
    seen: set[ListedOrder] = set()
    periods = [(from_date, to_date)]
    while periods:
        start, end = periods.pop()
        try:
            for order in orders_of(start, end):
                if order not in seen:
                    seen.add(order)
                    yield order
        except (ApiError, TooLongError) as error:
            if not _is_too_wide(error) or end - start < _SHORTEST_PERIOD:
                raise
            middle = start + (end - start) / 2
            periods += [(middle, end), (start, middle)]


def _is_too_wide(error: ApiError | TooLongError) -> bool:
    return isinstance(error, TooLongError) or error.has(_TOO_MANY)
