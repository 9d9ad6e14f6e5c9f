"""A folder of SDTM datasets, one file a domain: SAS XPT v5, Parquet or CSV."""
