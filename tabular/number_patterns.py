"""How people write numbers, as regular expressions by what stands before the fraction."""

SPACES = " '\u2019\u00a0\u202f"
CURRENCIES = "$£¥฿﷼" + "".join(map(chr, range(0x20A0, 0x20C1)))
"""Signs of currencies; Unicode has set a block apart for them."""
CURRENCY_CODES = (
    *("USD", "EUR", "GBP", "CHF", "JPY", "CNY", "INR", "AUD", "CAD", "NZD", "SEK"),
    *("NOK", "DKK", "PLN", "CZK", "HUF", "BRL", "MXN", "ZAR", "SGD", "HKD", "KRW"),
    *("TRY", "RUB", r"Rs\.?"),
)
CURRENCY = rf"(?:[A-Z]{{0,2}}[{CURRENCIES}]|{'|'.join(CURRENCY_CODES)})"
"""What may stand before an amount of money."""
SYMBOLS = f"{CURRENCIES}%"
NUMBER = {
    ".": r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$",
    ",": r"^[+-]?([0-9]+,?[0-9]*|,[0-9]+)([eE][+-]?[0-9]+)?$",
}
"""Plain numbers."""
GROUPED = {
    ".": rf"^[+-]?[1-9][0-9]{{0,2}}([,{SPACES}][0-9]{{3}})+(\.[0-9]+)?$"
    r"|^[+-]?[1-9][0-9]?(,[0-9]{2})+,[0-9]{3}(\.[0-9]+)?$",
    ",": rf"^[+-]?[1-9][0-9]{{0,2}}([.{SPACES}][0-9]{{3}})+(,[0-9]+)?$",
}
"""Numbers whose thousands are grouped; in India, then by hundreds."""
GROUPS = {".": f"[,{SPACES}]", ",": f"[.{SPACES}]"}
"""What stands between thousands."""


def sign_pattern(symbol: str) -> str:
    """A currency or percent sign at either end; the first group is a sign of the number."""
    return rf"^([+-]?)\s?[{symbol}]\s?|\s?[{symbol}]$"
