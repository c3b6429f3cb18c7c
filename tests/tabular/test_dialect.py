"""Text is told from junk, and its dialect is found."""

import codecs
import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tabular.dialect import Dialect, decode, sniff
from tabular.errors import TableError

TEXT = "größe;ort\n1;Köln\n2;Łódź\n"


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("utf-8", TEXT),
        ("utf-8-sig", TEXT),
        ("utf-16", TEXT),
        ("utf-16-le", TEXT),
        ("utf-16-be", TEXT),
        ("utf-32", TEXT),
        ("latin-1", "größe\n"),
        ("cp1252", "“größe” 5 €\n"),
    ],
)
def test_encodings_are_found(encoding: str, text: str) -> None:
    assert decode(text.encode(encoding), "t.csv") == text


def test_a_mark_that_lies_is_refused() -> None:
    with pytest.raises(TableError, match="neither text"):
        decode(codecs.BOM_UTF16_LE + b"a,b", "t.csv")


def test_line_ends_of_old_programs_are_understood() -> None:
    assert decode(b"a,b\r1,2\r", "t.csv") == "a,b\n1,2\n"


@given(st.binary(min_size=1))
def test_any_bytes_are_text_or_refused(content: bytes) -> None:
    with contextlib.suppress(TableError):
        assert "\0" not in decode(content, "t.csv") or b"\0" in content


@pytest.mark.parametrize(
    ("text", "dialect"),
    [
        ("a,b\n1,2\n", Dialect(",")),
        ("a;b\n1,5;2,5\n", Dialect(";")),
        ("a\tb\n1\t2\n", Dialect("\t")),
        ("a|b\n1|2\n", Dialect("|")),
        ("'a','b'\n'1,5','2'\n", Dialect(",", "'")),
        ("'a','b'\n'a \"b\", c','2'\n'3','4'\n", Dialect(",", "'")),
        ("a,b\nit's,1\nisn't,2\n", Dialect(",")),
        ('a,b\n"a \\" quote",1\n', Dialect(",", '"', "\\")),
        ('a,b\n"a \\", quote",1\n', Dialect(",", '"', "\\")),
        ('a,b\n"C:\\x\\",1\n"C:\\y\\",2\n', Dialect(",")),
        ('a\n"C:\\x\\"\n"C:\\y\\"\n', Dialect(",")),
        ("a;b\n'C:\\x\\';1\n'C:\\y\\';2\n", Dialect(";", "'")),
        ("a\n1\n2\n", Dialect(",")),
    ],
)
def test_dialects_are_found(text: str, dialect: Dialect) -> None:
    assert sniff(text) == (dialect, text)


def test_an_announced_delimiter_is_taken() -> None:
    assert sniff("sep=;\r\na;b,c\r\n") == (Dialect(";"), "a;b,c\r\n")


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ('a,b,c\n1, "a, b", 3\n', [["1", "a, b", " 3"]]),
        ('a,b\n  "a, b" , <=50K\n', [["a, b ", " <=50K"]]),
        ("a,b\n1, 'a, b'\n2, 'c'\n", [["1", "a, b"], ["2", "c"]]),
        ('a;b\n1; "x; ""y"""\n', [["1", 'x; "y"']]),
        ('a,b\n1, "x \\", y"\n', [["1", 'x ", y']]),
        ('a,b\r\n1, "x, y"\r\n', [["1", "x, y"]]),
        ('a,b\n"x, ""y""",2\n', [['x, "y"', "2"]]),
        ('a,b\n1, "best" pizza\n', [["1", ' "best" pizza']]),
        ("a,b\n" + "1, x\n" * 60 + '2, "y, z"\n', [["1", " x"]] * 60 + [["2", "y, z"]]),
    ],
)
def test_blanks_before_quotes_are_passed_over(text: str, rows: list[list[str]]) -> None:
    dialect, plain = sniff(text)

    assert list(dialect.reader(plain))[1:] == rows
