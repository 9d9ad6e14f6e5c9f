"""The posterior of the logistic model against another integration of it.

Expected: scipy.integrate.dblquad over the density in (log alpha, log beta) as written in the paper,
with the limit of the interval as the limit of integration (relative error 1e-9).
"""

from __future__ import annotations

from math import log

import numpy as np
import pytest

from safety.escalation.designs.logistic import Model, Prior, fit
from safety.escalation.state import Count

RELATIVE = Model((1.0, 2.0, 3.0), 3.0, Prior((log(3 / 7), 0.0), (1.5, 1.0)), (0.192, 0.396))
MILLIGRAMS = Model((10.0, 25.0, 50.0, 100.0), 50.0, Prior((-1.1, 0.3), (1.8, 0.7), -0.4),
                   (0.16, 0.33))  # fmt: skip
Pairs = list[tuple[int, int]]


@pytest.mark.parametrize(
    ("model", "pairs", "expected"),
    [
        (RELATIVE, [(3, 0), (3, 1), (0, 0)], [
            (0.805404, 0.169884, 0.024712, 0.114533),
            (0.503559, 0.372984, 0.123457, 0.218768),
            (0.281330, 0.379743, 0.338927, 0.333201),
        ]),
        (RELATIVE, [(6, 2), (0, 0), (0, 0)], [
            (0.320073, 0.460185, 0.219741, 0.281452),
            (0.131879, 0.391819, 0.476302, 0.395992),
            (0.082752, 0.303511, 0.613737, 0.468271),
        ]),
        (MILLIGRAMS, [(3, 0), (6, 1), (6, 3), (0, 0)], [
            (0.879648, 0.111939, 0.008412, 0.074781),
            (0.433252, 0.461996, 0.104752, 0.191805),
            (0.033076, 0.309451, 0.657473, 0.395215),
            (0.002901, 0.057297, 0.939802, 0.632939),
        ]),
    ],
)  # fmt: skip
def test_posterior(model: Model, pairs: Pairs, expected: list[tuple[float, ...]]) -> None:
    found = fit(model, [Count(*pair) for pair in pairs])
    rows = np.array([found.under, found.inside, found.over, found.mean]).T
    np.testing.assert_allclose(rows, expected, atol=2e-6)


def test_prior_at_the_reference_dose_is_the_normal_one() -> None:
    found = fit(RELATIVE, [Count()] * 3)
    # Phi((logit 0.192 - logit 0.3) / 1.5) and 1 - Phi((logit 0.396 - logit 0.3) / 1.5)
    assert found.under[2] == pytest.approx(0.3470936, abs=1e-7)
    assert found.over[2] == pytest.approx(0.3884254, abs=1e-7)


def test_only_ratios_of_doses_matter() -> None:
    counts = [Count(3, 0), Count(6, 2), Count(3, 2)]
    same = Model((50.0, 100.0, 150.0), 150.0, RELATIVE.prior, RELATIVE.interval)
    assert fit(same, counts).over == pytest.approx(fit(RELATIVE, counts).over, abs=1e-9)


def test_much_data_outweighs_the_prior() -> None:
    found = fit(RELATIVE, [Count(60, 6), Count(60, 18), Count(60, 30)])
    assert found.mean == pytest.approx([0.1, 0.3, 0.5], abs=0.03)
    assert found.inside[1] > 0.9


@pytest.mark.parametrize("doses", [(), (0.0, 1.0), (2.0, 1.0), (1.0, 1.0)])
def test_doses_must_rise(doses: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="do not rise from above 0"):
        Model(doses, 1.0, RELATIVE.prior, (0.2, 0.4))


def test_figures_that_cannot_be() -> None:
    with pytest.raises(ValueError, match="reference dose of 0"):
        Model((1.0,), 0.0, RELATIVE.prior, (0.2, 0.4))
    with pytest.raises(ValueError, match="interval"):
        Model((1.0,), 1.0, RELATIVE.prior, (0.4, 0.2))
    with pytest.raises(ValueError, match="no normal prior"):
        Prior((0.0, 0.0), (0.0, 1.0))
    with pytest.raises(ValueError, match="no normal prior"):
        Prior((0.0, 0.0), (1.0, 1.0), 1.0)
