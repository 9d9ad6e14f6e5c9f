"""Exposure: what was planned, what was taken, and why what was missed was missed.

`exposure` makes tables: first and last dose of each subject. The others look at one `Case`.
`dose`: mg per intake under the level; `plan`: days and doses of a cycle; `ledger`: what the records
tell of one day; `reasons`: was it toxicity; `account`: planned against taken; `share`: how much of
a plan was missed, and why; `delay`: a cycle that begins late; `doubts`: what is to be asked.

Modification: firing, resume, ladder, gates: which rule or gate asks for what, and until when;
modification: the triggers; replay and readings: what was known, and measured, by a day. Expected
against actual: actual, deviations, off_plan.
"""
