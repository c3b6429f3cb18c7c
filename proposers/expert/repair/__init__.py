"""A table of rules that mend what failed: each knows one kind of failure and its cure."""
