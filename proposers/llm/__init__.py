"""The LLM proposer: asks any OpenAI-compatible server for candidate code."""
