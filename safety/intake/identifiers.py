"""Personal data and dangerous characters in free text (faults 55 and 56).

What names a person is masked before text is stored, shown or quoted; the delivered files, kept as
evidence, are left as they are. What a spreadsheet or browser could run is kept as text: outputs
escape it.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from safety.intake.term_words import beside_terms

# Full-width signs, as Chinese keyboards write them, as the ASCII ones, and every dash as the one
# on a keyboard: one for one, places stay.
_ASCII = (
    {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
    | {0x3000: 0x20}
    | dict.fromkeys([*range(0x2010, 0x2016), 0x2212], 0x2D)
)
_HAN = "\u4e00-\u9fff"
# Family names; those that often begin a word about an illness or a time are left out.
_FAMILY = (
    "王李张刘陈杨赵吴徐孙朱胡郭林罗郑梁谢宋唐邓冯韩曹彭萧蔡潘田董袁叶蒋杜苏魏"
    "吕丁沈姚卢傅钟姜崔谭廖范汪陆夏贾韦邹孟秦邱尹薛闫侯陶黎贺顾郝龚邵钱覃戴莫孔"
)
# Words that begin like a name: one after another, summer, for no reason, awake, mouth open ...
_NO_NAME = (
    "(?!陆续|夏[季天日初末]|莫名|苏醒|张[口嘴]|胡[言乱]|谢绝|郑重|戴[口眼镜假]|顾虑|范围|叶酸)"
)
_SAYS = "(?=[主自]?诉|自述|出现|因|今|于)"
# No quantifier is without an end, and none gives back what it took where the next one could take
# it: a text that somebody wrote to be slow is judged in time that grows with its length only.
_GAP = r"\s{0,9}"
_NUMBERED = r"(?=[A-Za-z0-9-]{0,30}?[0-9]{4})[A-Za-z0-9-]{4,40}+"
# What a hospital calls its number of a patient.
_RECORD = (
    r"(?:住院号|病历号|病案号|门诊号|就诊号|医保号|身份证号?|"
    r"(?i:\bMRN\b|\b(?:hospital|medical record|patient|chart)[ ]?(?:no\b|number\b|id\b)))"
    rf"{_GAP}[.:=#]?{_GAP}"
)
_LATIN = r"[A-Z][\w'.-]{0,60}(?:[ ,]{1,3}[A-Z][\w'.-]{0,60}){0,3}"


class _Kind(NamedTuple):
    """One kind of identifier; what is masked is the group `who`, else the whole match.

    sure: of names, what comes before tells that one follows, whatever word it is.
    """

    name: str
    pattern: re.Pattern[str]
    sure: bool = False


_KINDS = (
    _Kind(
        "e-mail address",
        re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}"),
    ),
    _Kind("resident id", re.compile(r"(?<![0-9A-Za-z])[0-9]{17}[0-9Xx](?![0-9A-Za-z])")),
    _Kind(
        "phone number",
        re.compile(
            r"(?<![0-9])(?<![0-9]\.)(?:(?:\+|00)?86[- .]?)?"
            r"1[3-9][0-9]([- .]?)[0-9]{4}\1[0-9]{4}(?![0-9])"
            r"|\+86[- ]?[0-9](?:[- ]?[0-9]){6,11}(?![0-9])"
            r"|(?<![0-9-])[0-9]{3}([- ])[0-9]{4}\2[0-9]{4}(?![0-9-])"
            r"|(?<![0-9.-])(?<!ubject )(?:[2-9][0-9]{2}[-.]|\([2-9][0-9]{2}\) ?)"
            r"[0-9]{3}[-.][0-9]{4}(?![0-9-])"
            r"|(?<![0-9-])0[1-9][0-9]{1,2}-[0-9]{7,8}(?![0-9-])"
            r"|\(0[1-9][0-9]{1,2}\)[- ]?[0-9]{3,4}[- ]?[0-9]{4}(?![0-9-])"
            r"|(?i:\b(?:phone|tel|telephone|mobile|cell)\b|电话|手机)[^0-9]{0,12}"
            r"(?P<who>\+?[0-9](?:[- .]?[0-9]){5,14})"
        ),
    ),
    _Kind("record number", re.compile(rf"{_RECORD}(?P<who>{_NUMBERED})")),
    _Kind(
        "name",
        re.compile(
            rf"{_RECORD}{_NUMBERED}[\s,;]{{0,9}}(?P<who>[{_FAMILY}][{_HAN}]{{1,2}})(?![{_HAN}])"
        ),
        sure=True,
    ),
    _Kind(
        "name",
        re.compile(rf"姓名{_GAP}[:=为是]?{_GAP}(?P<who>[{_HAN}·]{{2,4}}|{_LATIN})"),
        sure=True,
    ),
    _Kind("name", re.compile(rf"患者{_GAP}[:=]{_GAP}(?P<who>[{_FAMILY}][{_HAN}]{{1,2}}|{_LATIN})")),
    _Kind(
        "name",
        re.compile(
            rf"患者{_GAP}{_NO_NAME}(?P<who>[{_FAMILY}][{_HAN}]{{1,2}}?)(?:(?![{_HAN}])|{_SAYS})"
        ),
    ),
    _Kind("name", re.compile(rf"(?P<who>[{_FAMILY}][{_HAN}]{{0,2}})(?=先生|女士)")),
    _Kind(
        "name",
        re.compile(
            rf"(?i:\bpatient(?:'s)?[ _-]?name\b|\bname of (?:the )?patient\b)"
            rf"{_GAP}(?:[:=]|(?i:is\b))?{_GAP}(?P<who>{_LATIN}|[{_HAN}·]{{2,4}})"
        ),
        sure=True,
    ),
    _Kind("name", re.compile(rf"(?i:\bname){_GAP}[:=]{_GAP}(?P<who>{_LATIN}|[{_HAN}·]{{2,4}})")),
    _Kind(
        "name",
        re.compile(rf"(?i:\bpatient){_GAP}(?::{_GAP}|\s(?i:mr|mrs|ms)\.?\s)(?P<who>{_LATIN})"),
    ),
    _Kind(
        "name",
        re.compile(rf"\b(?:Mr|Mrs|Ms|Miss|Dr|Prof)\.?\s{{1,9}}(?P<who>{_LATIN})"),
        sure=True,
    ),
    _Kind(
        "name",
        re.compile(
            r"\b(?:[Pp]t|[Pp]atient|[Ss]ubject)\b[.:]?\s{1,9}"
            r"(?P<who>[A-Z][a-z'-]{1,60}(?:\s{1,9}[A-Z]\.)?\s{1,9}[A-Z][a-z'-]{1,60})"
        ),
    ),
)
_UNSAFE = (
    ("a control character", re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]")),
    ("a formula", re.compile(r"\s*(?:[=@]\S|[+-](?=[A-Za-z@=(]))")),
    (
        "HTML",
        re.compile(
            # what an attribute took is not given back (+): each sign is read once
            r"</?[A-Za-z][A-Za-z0-9]{0,60}(?:\s{1,60}[A-Za-z-]{1,60}\s{0,60}=[^<>]*+|\s{0,60}/?)>|<!--"
            r"|<(?:script|img|iframe|svg|object)\b|\bjavascript:",
            re.IGNORECASE,
        ),
    ),
)


def identifiers(text: str) -> tuple[str, ...]:
    """Return the kinds of identifiers in a text, each once."""
    return tuple(dict.fromkeys(kind for _, _, kind in _spans(text)))


def mask(text: str) -> str:
    """Return the text with `[phone number]` and the like in place of what names a person."""
    parts, done = [], 0
    for start, end, kind in _spans(text):
        parts += [text[done:start], f"[{kind}]"]
        done = end
    return "".join([*parts, text[done:]])


def _spans(text: str) -> list[tuple[int, int, str]]:
    """Return start, end and kind of what is to be masked, in order, none within another."""
    plain = text.translate(_ASCII)
    found = [
        (start, end, kind.name)
        for kind in _KINDS
        for match in kind.pattern.finditer(plain)
        for start, end in _parts(plain, kind, match)
    ]
    kept: list[tuple[int, int, str]] = []
    for span in sorted(found, key=lambda s: (s[0], -s[1])):
        if not kept or span[0] >= kept[-1][1]:
            kept.append(span)
        elif span[1] > kept[-1][1]:  # one runs on into the next: both go
            kept[-1] = (kept[-1][0], span[1], kept[-1][2])
    return kept


def _parts(text: str, kind: _Kind, match: re.Match[str]) -> list[tuple[int, int]]:
    """Return what of a match is to be masked: of a name, no words of an adverse event."""
    start, end = match.span("who" if match.groupdict().get("who") else 0)
    if kind.name != "name":
        return [(start, end)]
    return [(start + s, start + e) for s, e in beside_terms(text[start:end], sure=kind.sure)]


def unsafe(text: str) -> str:
    """Return what in a text a spreadsheet or browser could run, "" for nothing."""
    return " and ".join(name for name, pattern in _UNSAFE if _matches(name, pattern, text))


def _matches(name: str, pattern: re.Pattern[str], text: str) -> bool:
    found = pattern.match(text) if name == "a formula" else pattern.search(text)
    return found is not None
