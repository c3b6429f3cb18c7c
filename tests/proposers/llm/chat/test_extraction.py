"""Source is taken out of a reply strictly, and nothing a model writes breaks the reading."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proposers.llm.chat.extraction import (
    SOURCE_LIMIT_CHARACTERS,
    UnusableReplyError,
    extract_source,
    fenced_blocks,
    read_headers,
    without_thinking,
)

CODE = "class Candidate:\n    pass\n"


def fenced(code: str, language: str = "python") -> str:
    return f"```{language}\n{code}```\n"


@pytest.mark.parametrize(
    "reply",
    [
        fenced(CODE),
        fenced(CODE, ""),
        fenced(CODE, "Python"),
        f"Here it is.\n\n{fenced(CODE)}\nIt should do well.",
        fenced("pip install x", "bash") + fenced("x = 1\n") + fenced(CODE),
        fenced(CODE) + fenced("class Candidate:\n    other = 1\n"),
        f"<think>{fenced('class Candidate: ...')}</think>\n{fenced(CODE)}",
        f"thoughts {fenced('class Candidate: ...')}</think>{fenced(CODE)}",
        f"~~~python\n{CODE}~~~",
        f"````python\n{CODE}````",
        "1. First:\n   ```python\n   class Candidate:\n       pass\n   ```",
        fenced(CODE).replace("\n", "\r\n"),
    ],
)
def test_the_first_fence_that_defines_the_class_is_taken(reply: str) -> None:
    assert extract_source(reply, "Candidate") == CODE


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        ("", "no ```python fence"),
        (CODE, "no ```python fence"),
        ("<think>" + fenced(CODE), "no ```python fence"),
        (fenced(CODE, "json"), "no ```python fence"),
        (f"```python\n{CODE}", "cut off before its fence was closed"),
        (fenced("x = 1\n"), "defines no class Candidate"),
        (fenced("def f():\n    class Candidate: ...\n"), "defines no class Candidate"),
        (fenced("class Candidate:\npass\n"), "not valid Python: .*, line 2"),
        (fenced("class Candidate: x = '\0'\n"), "not valid Python"),
        (fenced(CODE + "x = " + "(" * 3000 + ")" * 3000 + "\n"), "not valid Python"),
        (fenced(CODE + "x = " + "-" * 50_000 + "1\n"), "not valid Python"),
        (fenced(CODE + "#" * SOURCE_LIMIT_CHARACTERS + "\n"), "is longer than 60000"),
    ],
)
def test_a_reply_without_usable_source_is_refused_with_the_reason(
    reply: str, reason: str
) -> None:
    with pytest.raises(UnusableReplyError, match=reason):
        extract_source(reply, "Candidate")


def test_an_odd_escape_in_the_source_warns_nobody() -> None:
    code = 'class Candidate:\n    pattern = "\\d"\n'

    assert extract_source(fenced(code), "Candidate") == code


def test_thoughts_between_sentences_are_passed_over() -> None:
    assert without_thinking("a<think>b</think>c<think>d</think>e<think>f") == "ace"


def test_a_fence_inside_a_longer_fence_is_text() -> None:
    (block,) = fenced_blocks("````md\n```python\nx\n```\n````")

    assert block == ("md", "```python\nx\n```\n", True)


def test_headers_are_the_comments_above_the_code() -> None:
    source = (
        "# Family: linear\n#title:  a : b \n\n# just words\n# family: svm\n"
        "import x\n# view: late\n"
    )

    assert read_headers(source) == {"family": "linear", "title": "a : b"}


@given(st.lists(st.sampled_from(["```", "~~~", "python", "\n", " ", "<think>", CODE])))
def test_no_reply_breaks_the_extraction(pieces: list[str]) -> None:
    try:
        source = extract_source("".join(pieces), "Candidate")
    except UnusableReplyError:
        return
    assert "class Candidate" in source
