"""Signatures of named people, and what two of them decide together: proposed, then confirmed."""
