"""The next dose: designs, decision tables, the fan of what can still come, stopping boundaries.

Pure: counts of subjects in, advice out. Nothing here knows a store, a clock or a file.
"""
