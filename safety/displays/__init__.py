"""The numbers behind figures and tables: pure functions of the frames of one snapshot.

Every function takes `Frames`: by name of a table of the store, its rows as `Store.frame` returns
them (column names in upper case). It answers with what is shown, and with what it leaves out.

days        study days on an axis, and the days on which cycles began
population  which subjects a display is of: `Scope`, `subjects` ("8 of 12 treated subjects")
reported    adverse events in one form, narrowed by a scope
overview    how many subjects had an event of each kind, by dose level
heat        worst grade by subject and term, reported and measured side by side
events      adverse events by system organ class and term, counts by level and worst grade
onset       onset and duration of events, with bounds
first_event time to the first event of a grade (Kaplan-Meier), with numbers at risk
shift       baseline grade against the worst grade after
edish       peaks of aminotransferase and bilirubin; Hy's law as the study's rule has it
dosing      dose records as stretches of days; holds that rules ask for
swimmer     one bar a subject: dosing, cycles and what happened
intensity   relative dose intensity by drug, cycle and level; expected against actual
spaghetti   values of one analyte, a line a subject
profile     everything about one subject on one axis of study days

Nothing is assumed: a missing value is no zero, a partial date has bounds, and a grade that is one
of several is told as such.
"""
