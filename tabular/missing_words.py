"""Words that stand for a missing value in text."""

MISSING = ("", "NA", "N/A", "n/a", "NaN", "nan", "NULL", "null", "<NA>", "#N/A", "?")
"""What stands for a missing value in any column."""

MISSING_AMONG_NUMBERS = (*MISSING, "None", "none", "-", "--", ".", "inf", "-inf")
"""What else does in a column that holds nothing but numbers otherwise."""
