"""The trail: chains, keys, triggers, anchors, and the verification of everything."""
