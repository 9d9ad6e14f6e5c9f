"""Kill it, cut it, crash it: nothing may be lost and nothing may be there twice.

`account` says what was delivered, `prepared` and `world` let the product work on it, `victim`,
`servers` and `proxy` break it, `sink` is the mail server, and `checker` compares account, database
and wire. `python -m tests.faults.crashes` is the long run, the tests beside it the short one.
"""
