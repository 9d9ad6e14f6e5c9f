"""Dose-limiting events by their kind, and near misses that are none."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from safety.simulate.chance import Chance
from safety.simulate.model import Day
from safety.simulate.physiology import Excursion
from safety.simulate.toxicities import (
    HOSPITAL,
    LIFE,
    Plan,
    Setting,
    clinical,
    excursion,
    made_limiting,
)

ALL = ["SURUFATINIB", "TEMOZOLOMIDE", "S-1"]
MARROW = ["TEMOZOLOMIDE", "S-1"]
PLATELETS, NEUTROPHILS = "Platelet count decreased", "Neutrophil count decreased"
ALT = "Alanine aminotransferase increased"
UNPROVOKED = "unprovoked"


def limiting(setting: Setting, kind: str, start: Day, chance: Chance) -> list[Plan]:
    """Return a dose-limiting event of a kind that begins some days after `start` (day 1).

    Of the kind UNPROVOKED nothing is planned: it is waited for until it comes by itself.
    """
    if kind == UNPROVOKED:
        return []
    return [made_limiting(plan) for plan in _KINDS[kind](setting, start, chance)]


def near_misses(setting: Setting, chance: Chance) -> Iterator[Plan]:
    """Yield what looks like a dose-limiting event of cycle 1 and is none."""
    often, up = setting.numbers.near_misses, setting.body.limit
    if chance.yes(often.alt_brief):
        peaks = {"ALT": up("ALT", "6x") * chance.between(1, 1.4), "AST": up("AST", "2.5x")}
        yield excursion(setting, ALT, peaks, setting.day(chance.whole(8, 14)), (2, 2, 3), ALL)
    if chance.yes(often.lipase):
        peaks = {"LIPASET": up("LIPASET", "6x") * chance.between(1, 1.3)}
        start = setting.day(chance.whole(6, 14))
        yield excursion(setting, "Lipase increased", peaks, start, (2, 2, 3), ["SURUFATINIB"])
    if chance.yes(often.neutropenia_brief):
        peaks = {"NEUT": chance.between(0.3, 0.42)}
        yield excursion(
            setting, NEUTROPHILS, peaks, setting.day(chance.whole(12, 14)), (3, 3, 4), MARROW
        )
    if chance.yes(often.lymphopenia):
        peaks = {"LYM": chance.between(0.1, 0.17)}
        start = setting.day(chance.whole(8, 14))
        yield excursion(
            setting, "Lymphocyte count decreased", peaks, start, (3, 5, 6), ["TEMOZOLOMIDE"]
        )


def _thrombocytopenia(setting: Setting, start: Day, chance: Chance) -> list[Plan]:
    peaks = {"PLAT": chance.between(9, 21)}
    begins = start + chance.whole(11, 15)
    shape = (3, chance.whole(3, 6), chance.whole(5, 8))
    return [excursion(setting, PLATELETS, peaks, begins, shape, MARROW)]


def _neutropenia(setting: Setting, start: Day, chance: Chance) -> list[Plan]:
    peaks = {"NEUT": chance.between(0.12, 0.34)}
    begins = start + chance.whole(8, 14)
    shape = (2, chance.whole(9, 11), chance.whole(4, 6))
    return [excursion(setting, NEUTROPHILS, peaks, begins, shape, MARROW)]


def _febrile(setting: Setting, start: Day, chance: Chance) -> list[Plan]:
    begins = start + chance.whole(9, 14)
    low = excursion(
        setting, NEUTROPHILS, {"NEUT": chance.between(0.52, 0.8)}, begins, (2, 5, 4), MARROW
    )
    first, days = begins + 3, chance.whole(2, 3)
    fever = Excursion("TEMP", first - 1, 1, days, 1, chance.between(38.6, 39.6))
    event = Plan(
        "Febrile neutropenia", "febrile neutropenia", ((first, 3),), first + days - 1,
        tuple(setting.regimen.those(MARROW)), serious=(HOSPITAL,), excursions=(fever,),
    )  # fmt: skip
    return [low, event]


def _clinical(setting: Setting, start: Day, chance: Chance) -> list[Plan]:
    term = setting.numbers.clinical_term(chance.pick(setting.numbers.limiting_terms))
    longest = chance.whole(9, 13) if term.term in {"Fatigue", "Anorexia"} else chance.whole(5, 8)
    onset = start + chance.whole(*term.onset) - 1
    return [clinical(setting, term, onset, 3, longest, chance)]


def _label_stop(setting: Setting, start: Day, chance: Chance) -> list[Plan]:
    event = chance.pick(setting.numbers.stop_events)
    onset = start + chance.whole(4, 19)
    fatal = chance.yes(setting.numbers.fatal)
    course = ((onset, event.grade), (onset + 2, 5)) if fatal else ((onset, event.grade),)
    serious = (HOSPITAL, LIFE) if fatal or event.grade >= 4 else (HOSPITAL,)
    drugs = tuple(setting.regimen.those(["SURUFATINIB"]))
    ended = onset + (2 if fatal else event.days - 1)
    return [Plan(event.term, event.verbatim, course, ended, drugs, "", serious, fatal)]


def _proteinuria(setting: Setting, start: Day, chance: Chance) -> list[Plan]:
    shape = (3, chance.whole(8, 14), chance.whole(8, 12))
    peaks = {"PROT24": chance.between(3.9, 5.5)}
    begins = start + chance.whole(5, 10)
    return [excursion(setting, "Proteinuria", peaks, begins, shape, ["SURUFATINIB"])]


def _alt(setting: Setting, start: Day, chance: Chance) -> list[Plan]:
    up = setting.body.limit
    peaks = {
        "ALT": up("ALT", "7x") * chance.between(1.0, 1.5),
        "AST": up("AST", "4x") * chance.between(0.9, 1.2),
    }
    shape = (3, chance.whole(9, 12), chance.whole(7, 10))
    return [excursion(setting, ALT, peaks, start + chance.whole(6, 12), shape, ALL)]


def _hy(setting: Setting, start: Day, chance: Chance) -> list[Plan]:
    up = setting.body.limit
    begins = start + chance.whole(6, 11)
    alt = {
        "ALT": up("ALT", "5x") * chance.between(0.9, 1.6),
        "AST": up("AST", "4x") * chance.between(0.9, 1.3),
    }
    shape = (3, chance.whole(9, 12), chance.whole(8, 12))
    bilirubin = {"BILI": up("BILI", "2.5x") * chance.between(1.0, 1.6)}
    later = begins + chance.whole(1, 3)
    return [
        excursion(setting, ALT, alt, begins, shape, ALL),
        excursion(setting, "Blood bilirubin increased", bilirubin, later, shape, ALL),
    ]


def _delay(setting: Setting, start: Day, chance: Chance) -> list[Plan]:
    """Platelets too low for cycle 2 for more than two weeks, but never of grade 3."""
    peaks = {"PLAT": chance.between(62, 80)}
    begins = start + setting.regimen.length - chance.whole(5, 8)
    shape = (3, chance.whole(22, 26), 6)
    return [excursion(setting, PLATELETS, peaks, begins, shape, MARROW)]


def _missed(setting: Setting, start: Day, chance: Chance) -> list[Plan]:
    """Too many doses missed for what is itself grade 2."""
    if chance.yes(0.5):
        shape = (2, chance.whole(10, 14), chance.whole(5, 8))
        peaks = {"PROT24": chance.between(2.4, 3.1)}
        begins = start + chance.whole(4, 6)
        return [excursion(setting, "Proteinuria", peaks, begins, shape, ["SURUFATINIB"])]
    term = setting.numbers.clinical_term("Mucositis oral")
    onset = start + chance.whole(3, 5)
    return [clinical(setting, term, onset, 2, chance.whole(7, 9), chance)]


_KINDS: dict[str, Callable[[Setting, Day, Chance], list[Plan]]] = {
    "thrombocytopenia": _thrombocytopenia,
    "neutropenia": _neutropenia,
    "febrile_neutropenia": _febrile,
    "clinical": _clinical,
    "label_stop": _label_stop,
    "proteinuria": _proteinuria,
    "alt": _alt,
    "hy": _hy,
    "delay": _delay,
    "missed": _missed,
}
