"""CDISC ODM-XML 1.3, as Rave and OpenClinica export it."""
