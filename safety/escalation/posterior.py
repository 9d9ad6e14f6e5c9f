"""What is known of a DLT rate: the beta posterior of a binomial rate (Bayes' rule, conjugate)."""

from __future__ import annotations

from dataclasses import dataclass

from scipy.special import betaincc, betaincinv

from safety.escalation.state import Count


@dataclass(frozen=True, slots=True)
class Posterior:
    """Beta(a, b), both above 0."""

    a: float
    b: float

    def __post_init__(self) -> None:
        """Raise ValueError for parameters that no beta distribution has."""
        if not (self.a > 0 and self.b > 0):
            raise ValueError(f"Beta({self.a}, {self.b}) is no distribution; both must be above 0")

    @classmethod
    def of(cls, count: Count, prior: tuple[float, float] = (1, 1)) -> Posterior:
        """Return the posterior of the DLT rate after `count`, from a Beta prior; flat unless said.

        A prior parameter may be 0 where the count makes up for it; ValueError otherwise.
        """
        return cls(prior[0] + count.y, prior[1] + (count.n - count.y))

    @property
    def mean(self) -> float:
        return self.a / (self.a + self.b)

    def interval(self, level: float = 0.90) -> tuple[float, float]:
        """Return the equal-tailed credible interval, 0 to 1."""
        tail = (1 - level) / 2
        return (
            float(betaincinv(self.a, self.b, tail)),
            float(betaincinv(self.a, self.b, 1 - tail)),
        )

    def above(self, x: float) -> float:
        """Return Pr(p > x)."""
        return float(betaincc(self.a, self.b, x))
