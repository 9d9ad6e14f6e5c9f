"""The columns of each domain in their order, with their SDTM labels (at most 40 characters)."""

from __future__ import annotations

LABELS = {
    "DM": "Demographics",
    "SV": "Subject Visits",
    "VS": "Vital Signs",
    "LB": "Laboratory Test Results",
    "EC": "Exposure as Collected",
    "AE": "Adverse Events",
    "SUPPAE": "Supplemental Qualifiers for AE",
    "CM": "Concomitant Medications",
    "PR": "Procedures",
    "MH": "Medical History",
    "DS": "Disposition",
}
# SDTM has these as numbers; everything else is text, also results and grades as collected.
NUMBERS = frozenset({"AGE", "ECDOSE", "VSSEQ", "AESEQ", "CMSEQ", "PRSEQ", "MHSEQ", "DSSEQ"})

_HEAD = {
    "STUDYID": "Study Identifier",
    "DOMAIN": "Domain Abbreviation",
    "USUBJID": "Unique Subject Identifier",
}
COLUMNS: dict[str, dict[str, str]] = {
    "DM": _HEAD
    | {
        "SUBJID": "Subject Identifier for the Study",
        "SITEID": "Study Site Identifier",
        "RFSTDTC": "Subject Reference Start Date/Time",
        "RFICDTC": "Date/Time of Informed Consent",
        "DTHDTC": "Date/Time of Death",
        "DTHFL": "Subject Death Flag",
        "AGE": "Age",
        "AGEU": "Age Units",
        "SEX": "Sex",
        "ARMCD": "Planned Arm Code",
    },
    "SV": _HEAD | {"VISIT": "Visit Name", "SVSTDTC": "Start Date/Time of Visit"},
    "VS": _HEAD
    | {
        "VSSEQ": "Sequence Number",
        "VSTESTCD": "Vital Signs Test Short Name",
        "VSTEST": "Vital Signs Test Name",
        "VSORRES": "Result or Finding in Original Units",
        "VSORRESU": "Original Units",
        "VSSTAT": "Completion Status",
        "VISIT": "Visit Name",
        "VSDTC": "Date/Time of Measurements",
    },
    "LB": _HEAD
    | {
        "LBREFID": "Specimen ID",
        "LBTESTCD": "Lab Test or Examination Short Name",
        "LBTEST": "Lab Test or Examination Name",
        "LBSPEC": "Specimen Type",
        "LBMETHOD": "Method of Test or Examination",
        "LBORRES": "Result or Finding in Original Units",
        "LBORRESU": "Original Units",
        "LBORNRLO": "Reference Range Lower Limit in Orig Unit",
        "LBORNRHI": "Reference Range Upper Limit in Orig Unit",
        "LBSTAT": "Completion Status",
        "VISIT": "Visit Name",
        "LBDTC": "Date/Time of Specimen Collection",
        "LBRESSTA": "Result Status",
        "LBUPDTC": "Date/Time of Last Update",
    },
    "EC": _HEAD
    | {
        "ECSPID": "Sponsor-Defined Identifier",
        "ECTRT": "Name of Treatment",
        "ECDOSE": "Dose per Administration",
        "ECDOSU": "Dose Units",
        "ECDOSFRQ": "Dosing Frequency per Interval",
        "ECOCCUR": "Occurrence",
        "ECREASOC": "Reason for Occur Value",
        "ECSTDTC": "Start Date/Time of Treatment",
        "ECENDTC": "End Date/Time of Treatment",
    },
    "AE": _HEAD
    | {
        "AESEQ": "Sequence Number",
        "AEGRPID": "Group ID",
        "AETERM": "Reported Term for the Adverse Event",
        "AEDECOD": "Dictionary-Derived Term",
        "AECTCV": "CTCAE Version",
        "AETOXGR": "Standard Toxicity Grade",
        "AESER": "Serious Event",
        "AESDTH": "Results in Death",
        "AESLIFE": "Is Life Threatening",
        "AESHOSP": "Requires or Prolongs Hospitalization",
        "AEREL": "Causality",
        "AEACN": "Action Taken with Study Treatment",
        "AEOUT": "Outcome of Adverse Event",
        "AESTDTC": "Start Date/Time of Adverse Event",
        "AEENDTC": "End Date/Time of Adverse Event",
    },
    "SUPPAE": {
        "STUDYID": "Study Identifier",
        "RDOMAIN": "Related Domain Abbreviation",
        "USUBJID": "Unique Subject Identifier",
        "IDVAR": "Identifying Variable",
        "IDVARVAL": "Identifying Variable Value",
        "QNAM": "Qualifier Variable Name",
        "QVAL": "Data Value",
    },
    "CM": _HEAD
    | {
        "CMSEQ": "Sequence Number",
        "CMTRT": "Reported Name of Drug, Med, or Therapy",
        "CMDECOD": "Standardized Medication Name",
        "CMCAT": "Category for Medication",
        "CMINDC": "Indication",
        "CMSTDTC": "Start Date/Time of Medication",
        "CMENDTC": "End Date/Time of Medication",
    },
    "PR": _HEAD
    | {
        "PRSEQ": "Sequence Number",
        "PRTRT": "Reported Name of Procedure",
        "PRSTDTC": "Start Date/Time of Procedure",
    },
    "MH": _HEAD
    | {
        "MHSEQ": "Sequence Number",
        "MHTERM": "Reported Term for the Medical History",
        "MHDECOD": "Dictionary-Derived Term",
        "MHSTDTC": "Start Date/Time of Medical History Event",
    },
    "DS": _HEAD
    | {
        "DSSEQ": "Sequence Number",
        "DSTERM": "Reported Term for the Disposition Event",
        "DSDECOD": "Standardized Disposition Term",
        "DSSTDTC": "Start Date/Time of Disposition Event",
    },
}
