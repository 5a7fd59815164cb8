# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The forecast of the report: totals and bars for each lifetime of certificates.

Private to the collection. Pure. The bars of all lifetimes have one scale, so that people can compare them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .time_line import MONTHS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .._handover.estate import Forecast, ForecastMonth

RULES = {
    200: "The limit since 15 March 2026",
    100: "The limit from 15 March 2027",
    47: "The limit from 15 March 2029",
}
"""The limits of the CA/Browser Forum (lifecycle.md 9)."""
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


@dataclass(frozen=True)
class MonthBar:
    """A month of the forecast. Positions and heights are percent of the chart."""

    month: str
    purchases: int
    reissues: int
    x: float
    width: float
    purchases_height: float
    reissues_height: float

    @property
    def total(self) -> int:
        return self.purchases + self.reissues

    @property
    def total_height(self) -> float:
        return round(self.purchases_height + self.reissues_height, 1)


@dataclass(frozen=True)
class Chart:
    """The forecast for one lifetime."""

    lifetime_days: int
    rule: str
    purchases: int
    reissues: int
    busiest: MonthBar | None
    bars: list[MonthBar]


@dataclass(frozen=True)
class ForecastView:
    """The charts, and a line for each month with the numbers of each chart. ``peak`` is the top of their scale."""

    charts: list[Chart]
    months: list[tuple[str, list[ForecastMonth | None]]]
    peak: int


def forecast_view(forecasts: Sequence[Forecast]) -> ForecastView:
    """Return the charts of the forecasts, and one table for all of them."""
    peak = max((month["purchases"] + month["reissues"] for each in forecasts for month in each["months"]), default=0)
    by_month = [{month["month"]: month for month in each["months"]} for each in forecasts]
    names = sorted({name for months in by_month for name in months})
    return ForecastView(
        charts=[_chart(each, peak or 1) for each in forecasts],
        months=[(month_words(name), [months.get(name) for months in by_month]) for name in names],
        peak=peak,
    )


def month_words(month: str) -> str:
    """Return ``Jan 2027`` for ``2027-01``."""
    found = _MONTH.fullmatch(month)
    return f"{MONTHS[int(found[2]) - 1]} {found[1]}" if found else month


def _chart(forecast: Forecast, peak: int) -> Chart:
    months = forecast["months"]
    step = 100 / max(len(months), 1)
    bars = [
        MonthBar(
            month=month_words(month["month"]),
            purchases=month["purchases"],
            reissues=month["reissues"],
            x=round(step * (number + 0.14), 2),
            width=round(step * 0.72, 2),
            purchases_height=round(month["purchases"] / peak * 100, 1),
            reissues_height=round(month["reissues"] / peak * 100, 1),
        )
        for number, month in enumerate(months)
    ]
    return Chart(
        lifetime_days=forecast["lifetime_days"],
        rule=RULES.get(forecast["lifetime_days"], ""),
        purchases=sum(month.purchases for month in bars),
        reissues=sum(month.reissues for month in bars),
        busiest=max(bars, key=lambda month: month.total, default=None),
        bars=bars,
    )
