"""Talks to any OpenAI-compatible server, and never spends more than was allowed."""
