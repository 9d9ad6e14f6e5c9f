"""Operating characteristics: how a design does in a trial whose true DLT rates are known.

`simulate` is the door. The 3+3 and rolling six are enumerated exactly, the others simulated.
"""
