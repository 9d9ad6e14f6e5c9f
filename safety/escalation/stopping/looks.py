"""At how many subjects somebody looks."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Looks:
    """After every `every` subjects from `first` on; or only at the numbers `at`, if given."""

    first: int = 1
    every: int = 1
    at: tuple[int, ...] = ()

    def until(self, n_max: int) -> tuple[int, ...]:
        """Return the numbers of subjects up to n_max at which somebody looks, in order."""
        if self.at:
            return tuple(n for n in sorted(set(self.at)) if n <= n_max)
        return tuple(range(self.first, n_max + 1, self.every))


AFTER_EVERY = Looks()
FROM_SIX = Looks(first=6)
