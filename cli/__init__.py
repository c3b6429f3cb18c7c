"""The command line: one file per command; it reads options and shows results, no more."""
