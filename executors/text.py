"""Makes text from a worker safe to store and to show."""


def printable(text: str, limit: int) -> str:
    """Drop control characters (but not newline and tab) and cap the length."""
    kept = (c for c in text if c.isprintable() or c in "\n\t")
    return "".join(kept)[:limit]


def shortened(text: str, limit: int) -> str:
    """Cap the length, keeping a quarter from the start and the rest from the end."""
    if len(text) <= limit:
        return text
    mark = "\n[...]\n"
    head = limit // 4
    return text[:head] + mark + text[-(limit - head - len(mark)) :]
