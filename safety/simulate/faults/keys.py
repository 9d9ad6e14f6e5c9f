"""Natural keys of rows, written as toxwatch writes them, from their values."""

from __future__ import annotations

from collections.abc import Mapping

KEYS = {
    "DM": ("USUBJID",),
    "SV": ("USUBJID", "VISIT", "SVSTDTC"),
    "VS": ("USUBJID", "VSSEQ"),
    "LB": ("USUBJID", "LBREFID", "LBTESTCD"),
    "EC": ("USUBJID", "ECSPID"),
    "AE": ("USUBJID", "AESEQ"),
    "SUPPAE": ("USUBJID", "IDVAR", "IDVARVAL", "QNAM"),
    "CM": ("USUBJID", "CMSEQ"),
    "PR": ("USUBJID", "PRSEQ"),
    "MH": ("USUBJID", "MHSEQ"),
    "DS": ("USUBJID", "DSSEQ"),
}
FEEDS = {"LB": "central_lab", "EC": "diary"}
FILES = {
    domain: f"{domain.lower()}.{'csv' if domain == 'LB' else 'json' if domain == 'EC' else 'xpt'}"
    for domain in KEYS
}


def key(domain: str, values: Mapping[str, str]) -> str:
    """Return the key of a row as delivered: `LB|SIM-X-001|S7|NEUT`; `|` in a value is escaped."""
    parts = (values[c].replace("\\", "\\\\").replace("|", "\\|") for c in KEYS[domain])
    return "|".join((domain, *parts))


def feed(domain: str) -> str:
    """Return the feed that delivers a domain."""
    return FEEDS.get(domain, "edc")
