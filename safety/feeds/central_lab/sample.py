"""Write the laboratory rows of a folder of SDTM files as a laboratory in Shanghai might send them.

Headers in Chinese, codes of its own, a decimal comma, GB18030: everything that FEED declares.
"""

from __future__ import annotations

import csv
from collections.abc import Collection
from datetime import datetime
from pathlib import Path
from typing import Any

from safety.feeds.sdtm_folder import reader

TESTS = {"ANC": "NEUT", "PLT": "PLAT", "HB": "HGB", "TBIL": "BILI", "CR": "CREAT"} | {
    code: code
    for code in ("WBC", "LYM", "SODIUM", "K", "PROT", "AST", "ALT", "ALP", "MG", "LIPASET", "GGT",
                 "CA", "AMYLASE", "ALB")
}  # fmt: skip
SPECIMENS = {"全血": "BLOOD", "血清": "SERUM", "尿液": "URINE"}
UNITS = {"10^9/升": "10^9/L", "克/升": "g/L"} | {
    unit: unit for unit in ("mmol/L", "umol/L", "U/L", "g/day")
}
HEADER = {
    "STUDYID": "方案编号", "USUBJID": "受试者编号", "LBSEQ": "样本编号", "LBTESTCD": "项目代码",
    "LBTEST": "项目名称", "LBSPEC": "样本类型", "LBORRES": "结果", "LBORRESU": "单位",
    "LBORNRLO": "参考下限", "LBORNRHI": "参考上限", "VISIT": "访视", "LBDTC": "采样日期",
    "TIME": "采样时间", "STATUS": "状态", "REPORTED": "报告时间",
}  # fmt: skip
REPORTED, STATUS = HEADER["REPORTED"], HEADER["STATUS"]
FEED: dict[str, Any] = {
    "id": "central_lab", "kind": "central_lab", "path": "feeds/lab/{day}", "delivers": "changes",
    "encoding": "gb18030", "delimiter": ";",
    "cells": {
        "date": "DD/MM/YYYY", "time": "HH:MM", "timezone": "Asia/Shanghai", "decimal": ",",
        "thousands": ".", "time_columns": {HEADER["LBDTC"]: HEADER["TIME"]},
    },
    "domains": {
        "LB": {
            "record": "measurement",
            "key": [HEADER["USUBJID"], HEADER["LBSEQ"], HEADER["LBTESTCD"]],
            "updated": REPORTED, "deleted": {"column": STATUS, "values": ["作废"]},
            "columns": {
                "STUDYID": HEADER["STUDYID"], "USUBJID": HEADER["USUBJID"],
                "PARAMCD": HEADER["LBTESTCD"], "PARAM": HEADER["LBTEST"],
                "SPEC": HEADER["LBSPEC"], "AVALC": HEADER["LBORRES"],
                "AVALU": HEADER["LBORRESU"], "ANRLOC": HEADER["LBORNRLO"],
                "ANRHIC": HEADER["LBORNRHI"], "VISIT": HEADER["VISIT"], "ADTC": HEADER["LBDTC"],
            },
            "values": {"PARAMCD": TESTS, "SPEC": SPECIMENS, "AVALU": UNITS},
        },
    },
}  # fmt: skip
REPORTED_AT = "20:15"  # of every day: when the results of its samples were signed


def write_sample(source: Path, folder: Path, subjects: Collection[str]) -> int:
    """Write `lb.csv` from the LB of subjects of a folder of SDTM files; return its rows.

    Every code, specimen and unit that the laboratory has a name of its own for has that name.
    """
    frame = reader.read(source / "lb.csv", "lb.csv").fillna("")
    rows = frame[frame["USUBJID"].isin(list(subjects))].to_dict("records")
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lb.csv").open("w", encoding="gb18030", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(HEADER.values())
        writer.writerows([_cells(row)[name] for name in HEADER] for row in rows)
    return len(rows)


def _cells(row: dict[Any, str]) -> dict[str, str]:
    moment = datetime.fromisoformat(row["LBDTC"])
    day = moment.strftime("%d/%m/%Y")
    numbers = {c: row[c].replace(".", ",") for c in ("LBORRES", "LBORNRLO", "LBORNRHI")}
    own = {"LBTESTCD": TESTS, "LBSPEC": SPECIMENS, "LBORRESU": UNITS}
    names = {c: {v: k for k, v in known.items()}.get(row[c], row[c]) for c, known in own.items()}
    return (
        {name: row.get(name, "") for name in HEADER} | numbers | names
        | {"LBDTC": day, "TIME": moment.strftime("%H:%M") if "T" in row["LBDTC"] else "",
           "STATUS": "正式", "REPORTED": f"{day} {REPORTED_AT}"}
    )  # fmt: skip
