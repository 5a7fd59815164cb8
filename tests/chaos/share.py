# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Selects the points that a run of chaos breaks."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ansible_collections.certops.certum.tests.chaos.points import Point
    from ansible_collections.certops.certum.tools.share import Share


def share_of(points: Mapping[str, Sequence[Point]], share: Share) -> dict[str, list[Point]]:
    """Return the points of each operation that are in a share, in their order.

    Every n-th point is taken of all points, ordered by the break. So a break at n points or more, in any operations,
    is in each share.
    """
    places = [(title, at) for title, found in points.items() for at in range(len(found))]
    places.sort(key=lambda place: (points[place[0]][place[1]].kind, points[place[0]][place[1]].how))
    taken = set(share.take(places))
    return {title: [point for at, point in enumerate(found) if (title, at) in taken] for title, found in points.items()}
