"""Mask the values in an error message, since a message can carry labels of scored rows.

What stays: words of the candidate's own source, names of columns, and words that error
messages are made of. A candidate could still spell a little with those; that words may
not return often, that few words are the source's alone, and that a message is short,
keeps it little.
"""

import re
from collections import Counter
from collections.abc import Collection

from tabular.error_words import ERROR_WORDS

MAX_CHARACTERS = 500
MASK = "<masked>"
_MAX_OCCURRENCES = 3
_MAX_WORDS_OF_SOURCE = 6

_QUOTED = r"'[^'\n]*'|\"[^\"\n]*\"|`[^`\n]*`"
_NUMBER = r"(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\w*"
_WORD = r"[^\W\d]\w*"
# Signs can spell labels as well: long runs of them are values.
_SIGNS = r"[^\w\s]{5,}|(?:[^\w\s] ){3,}"
_TOKEN = re.compile(f"{_QUOTED}|{_SIGNS}|{_NUMBER}|{_WORD}")
_INNER = re.compile(f"{_NUMBER}|{_WORD}")
_MASKS_IN_A_ROW = re.compile(rf"{MASK}(?:[^\w<]*{MASK})+")


def mask_message(message: str, source: str, names: Collection[str]) -> str:
    """Replace what a message tells about rows.

    Args:
        message: The message of an exception.
        source: The source of the candidate that raised it.
        names: Column names, which may be told.

    Returns:
        At most 500 characters on one line, with `<masked>` for every quoted value, number
        or word that stands neither in the source nor among the names and is no usual word
        of error messages. Of the words of the source alone, six stay at most.
    """
    masker = _Masker(source, names)
    text = _TOKEN.sub(masker.replacement, " ".join(message.split()))
    return _MASKS_IN_A_ROW.sub(MASK, text)[:MAX_CHARACTERS]


class _Masker:
    """Decides token by token what may stay in one message."""

    def __init__(self, source: str, names: Collection[str]) -> None:
        self._names = frozenset(names)
        self._words_of_names = {
            word for name in names for word in re.findall(_WORD, name)
        }
        self._known = self._words_of_names.union(_INNER.findall(source))
        self._quoted = {quoted[1:-1] for quoted in re.findall(_QUOTED, source)}
        self._occurrences: Counter[str] = Counter()
        self._words_of_source = 0

    def replacement(self, match: re.Match[str]) -> str:
        """What is to stand in place of one token."""
        token = match.group()
        is_quoted = len(token) > 1 and token[0] == token[-1] and token[0] in "'\"`"
        content = token[1:-1] if is_quoted else token
        self._occurrences[content] += 1
        is_known = self._may_be_quoted(content) if is_quoted else self._is_word(content)
        if is_known and self._occurrences[content] <= _MAX_OCCURRENCES:
            return token
        return MASK

    def _may_be_quoted(self, content: str) -> bool:
        if content in self._names or content in self._quoted:
            return True
        words = _INNER.findall(content)
        return bool(words) and all(map(self._is_word, words))

    def _is_word(self, word: str) -> bool:
        # Only a first letter may be turned into a capital: others could spell something.
        is_sentence_start = word == word.capitalize() and word.lower() in ERROR_WORDS
        if word in ERROR_WORDS or is_sentence_start:
            return True
        if word not in self._known:
            return False
        self._words_of_source += word not in self._words_of_names
        return self._words_of_source <= _MAX_WORDS_OF_SOURCE
