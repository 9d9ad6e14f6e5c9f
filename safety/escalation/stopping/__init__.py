"""Stopping for toxicity: rules as boundaries, how often they stop, and how far the next one is."""
