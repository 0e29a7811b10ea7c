"""How large everything is: as promised, or a small part of it to try the program."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """Of the measurements."""

    #: 1 is as promised.
    scale: float
    #: How often what is short is measured; medians are told.
    rounds: int
    #: Seconds of a load at full speed.
    seconds: int
    #: Minutes of the steady load.
    minutes: float

    def of(self, full: int, least: int = 1) -> int:
        """So many at full size."""
        return max(least, math.ceil(full * self.scale))

    @property
    def is_full(self) -> bool:
        """Whether the figures are those that something is promised about."""
        return self.scale >= 1
