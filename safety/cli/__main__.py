"""`python -m safety.cli`."""

from safety.cli import main

main()
