"""Blood cells by the transit model of Friberg et al. (J Clin Oncol 2002;20:4713): 3 transit steps.

Parameters: calibration.yaml. A drug slows proliferation on the days on which it is really taken.
"""

from __future__ import annotations

from dataclasses import dataclass, field

_TRANSITS = 4  # steps from proliferation to blood: three of transit and the way out
_STEPS_A_DAY = 10


@dataclass(slots=True)
class Line:
    """One cell line of one subject, day by day.

    start: cells without drug (10^9/L). transit: mean transit time in days. feedback: gamma.
    """

    start: float
    transit: float
    feedback: float
    _cells: list[float] = field(init=False)

    def __post_init__(self) -> None:
        self._cells = [self.start] * (_TRANSITS + 1)

    @property
    def circulating(self) -> float:
        """Cells in blood now (10^9/L)."""
        return self._cells[-1]

    def day(self, effect: float) -> None:
        """Go on by a day during which drugs take `effect` (0 to 1) off proliferation."""
        born, first, second, third, blood = self._cells
        step = _TRANSITS / self.transit / _STEPS_A_DAY
        left = 1.0 - min(effect, 1.0)
        for _ in range(_STEPS_A_DAY):
            growth = left * (self.start / blood) ** self.feedback - 1.0
            born, first, second, third, blood = (
                born + step * born * growth,
                first + step * (born - first),
                second + step * (first - second),
                third + step * (second - third),
                blood + step * (third - blood),
            )
        self._cells = [born, first, second, third, blood]
