"""How messages travel and are remembered: bus, core loop, journal, replay, blobs."""
