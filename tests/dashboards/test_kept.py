"""Results that are kept: each is made once, and the one that was not asked for longest goes."""

from __future__ import annotations

from dashboards.kept import Kept


def test_a_result_is_made_once() -> None:
    made: list[str] = []
    kept: Kept[str] = Kept(2)
    for _ in range(2):
        assert kept.get("a", lambda: made.append("a") or "A") == "A"
    assert made == ["a"]


def test_the_one_that_was_not_asked_for_longest_goes() -> None:
    kept: Kept[str] = Kept(2)
    for key in ("a", "b", "a", "c"):
        kept.get(key, key.upper)
    assert [kept.has(key) for key in "abc"] == [True, False, True]
