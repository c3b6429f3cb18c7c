"""Clusterings: how they are judged without labels, counted, combined and described."""
