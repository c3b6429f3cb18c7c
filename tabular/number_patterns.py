"""How people write numbers, as regular expressions by what stands before the fraction."""

_SPACES = " '\u2019\u00a0\u202f"
SYMBOLS = "$€£¥%"
NUMBER = {
    ".": r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$",
    ",": r"^[+-]?([0-9]+,?[0-9]*|,[0-9]+)([eE][+-]?[0-9]+)?$",
}
"""Plain numbers."""
GROUPED = {
    ".": rf"^[+-]?[1-9][0-9]{{0,2}}([,{_SPACES}][0-9]{{3}})+(\.[0-9]+)?$",
    ",": rf"^[+-]?[1-9][0-9]{{0,2}}([.{_SPACES}][0-9]{{3}})+(,[0-9]+)?$",
}
"""Numbers whose thousands are grouped."""
GROUPS = {".": f"[,{_SPACES}]", ",": f"[.{_SPACES}]"}
"""What stands between thousands."""


def sign_pattern(symbol: str) -> str:
    """A currency or percent sign at either end; the first group is a sign of the number."""
    return rf"^([+-]?)\s?[{symbol}]\s?|\s?[{symbol}]$"
