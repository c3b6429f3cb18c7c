"""How people write numbers, as regular expressions by what stands before the fraction."""

SPACES = " '\u2019\u00a0\u202f"
CURRENCIES = "$€£¥₹"
SYMBOLS = f"{CURRENCIES}%"
NUMBER = {
    ".": r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$",
    ",": r"^[+-]?([0-9]+,?[0-9]*|,[0-9]+)([eE][+-]?[0-9]+)?$",
}
"""Plain numbers."""
GROUPED = {
    ".": rf"^[+-]?[1-9][0-9]{{0,2}}([,{SPACES}][0-9]{{3}})+(\.[0-9]+)?$",
    ",": rf"^[+-]?[1-9][0-9]{{0,2}}([.{SPACES}][0-9]{{3}})+(,[0-9]+)?$",
}
"""Numbers whose thousands are grouped."""
GROUPS = {".": f"[,{SPACES}]", ",": f"[.{SPACES}]"}
"""What stands between thousands."""


def sign_pattern(symbol: str) -> str:
    """A currency or percent sign at either end; the first group is a sign of the number."""
    return rf"^([+-]?)\s?[{symbol}]\s?|\s?[{symbol}]$"
