# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Selects the points that a run of chaos breaks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ansible_collections.certops.certum.tests.chaos.points import Point


@dataclass(frozen=True)
class Share:
    """Share ``number`` of ``of`` shares, which together are all points; no point is in two of them."""

    number: int = 1
    of: int = 1

    @classmethod
    def parse(cls, text: str) -> Share:
        """Read ``2/4``. Raises ValueError if it is no share."""
        found = re.fullmatch(r"([1-9]\d*)/([1-9]\d*)", text)
        if found is None or int(found[1]) > int(found[2]):
            raise ValueError(f"{text!r} is not a share. Write SHARE=k/n with k from 1 to n, such as SHARE=2/4.")
        return cls(int(found[1]), int(found[2]))

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"

    def take(self, points: Mapping[str, Sequence[Point]]) -> dict[str, list[Point]]:
        """Return the points of each operation that are in this share, in their order.

        Every n-th point is taken of all points, ordered by the break. So a break at n points or more, in any
        operations, is in each share.
        """
        places = [(title, at) for title, found in points.items() for at in range(len(found))]
        places.sort(key=lambda place: (points[place[0]][place[1]].kind, points[place[0]][place[1]].how))
        taken = set(places[self.number - 1 :: self.of])
        return {
            title: [point for at, point in enumerate(found) if (title, at) in taken] for title, found in points.items()
        }
