"""What keeps a text from being parsed, and where."""

from __future__ import annotations

import ast
import re
import warnings

import libcst as cst

Refused = tuple[int, int, str]

MOST_BRACKETS = 200  # Python refuses to nest brackets deeper; libcst's time and stack explode

_BRACKETS = bytes.maketrans(b"[]{}", b"()()")
_OTHERS = bytes(set(range(256)) - set(b"()[]{}"))
_string_or_comment = re.compile(
    r"#[^\r\n]*|'''[^'\\]*(?:(?:\\.|'(?!''))[^'\\]*)*(?:''')?"
    r'|"""[^"\\]*(?:(?:\\.|"(?!""))[^"\\]*)*(?:""")?'
    r"|'[^'\\\r\n]*(?:\\.[^'\\\r\n]*)*'?|\"[^\"\\\r\n]*(?:\\.[^\"\\\r\n]*)*\"?",
    re.DOTALL,
).sub
_newlines = re.compile(r"\r\n?|\n").finditer
_located = re.compile(r"error at (\d+):(\d+): expected (?:one of )?(.*)").search
_tokenizer_message = re.compile(r"tokenizer error: (.*)").search
_invalid_character = re.compile(r"'(.)' is not a valid character").match
_EXPECTED = {
    "INDENT": "an indented block",
    "DEDENT": "the end of the block",
    "NEWLINE": "the end of the line",
    "EOF": "the end of the file",
    "NAME": "a name",
    "STRING": "a string",
    "NUMBER": "a number",
}


def unreadable(text: str) -> Refused | None:
    """Why `text` must not be given to the parser."""
    nul = text.find("\0")
    if nul >= 0:
        return (*place(text, nul), "NUL byte")
    try:
        data = text.encode()
    except UnicodeEncodeError as problem:
        return (*place(text, problem.start), "unpaired surrogate")
    if _depth_exceeded(data):
        return _too_deep_bracket(text, _without_strings(text))
    return None


def _without_strings(text: str) -> str:
    """The text with blanks for strings and comments."""
    return _string_or_comment(lambda match: " " * len(match.group()), text)


def refusal(text: str, problem: Exception) -> Refused:
    """The parser's error with the place of the token that it stumbled over."""
    if isinstance(problem, RecursionError):
        return nested_too_deeply(1, 1)
    located = _located(str(problem))
    if located is None:
        return _unplaced(text, problem)
    row, column, expected = int(located[1]), int(located[2]), located[3]
    # The parser names the place where it would go on reading: behind the token and the blanks.
    before = text[: _line_start(text, row) + column]
    code = before.rstrip()
    names = expected.split(", ")
    start = _start_of_last_token(code)
    if not code or "\n" in before[len(code) :] or "\r" in before[len(code) :]:
        if "EOF" in names:
            return (row, column + 1, "unexpected indentation")
        return (*place(text, len(code)), _message(names, "end of line"))
    return (*place(text, start), _message(names, f"'{code[start:]}'"))


def _start_of_last_token(code: str) -> int:
    """Where the word, or the sign, begins that a text ends with."""
    start = len(code)
    while start and (code[start - 1].isalnum() or code[start - 1] == "_"):
        start -= 1
    return start if start < len(code) else start - 1


def _message(expected: list[str], found: str) -> str:
    if len(expected) > 4:
        return f"unexpected {found}"
    names = [_EXPECTED.get(name, f"'{name}'") for name in expected]
    return f"expected {' or '.join(names)}, found {found}"


def nested_too_deeply(row: int, column: int) -> Refused:
    """Says that the code at a place is nested more deeply than can be read."""
    return (row, column, "nested too deeply")


def place(text: str, offset: int) -> tuple[int, int]:
    """Row and column of an offset, both from 1."""
    row, start = 1, 0
    for newline in _newlines(text, 0, offset):
        row, start = row + 1, newline.end()
    return row, offset - start + 1


def _line_start(text: str, row: int) -> int:
    starts = [0, *(newline.end() for newline in _newlines(text))]
    return starts[min(row, len(starts)) - 1]


def _unplaced(text: str, problem: Exception) -> Refused:
    """An error for which libcst gives no place; Python's own parser mostly does."""
    message = _plain_message(problem)
    invalid = _invalid_character(message)
    if invalid is not None and (offset := _without_strings(text).find(invalid[1])) >= 0:
        return (*place(text, offset), message)
    row, column = 1, 1
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except SyntaxError as error:
        row, column = error.lineno or row, error.offset or column
    except (RecursionError, ValueError, MemoryError):
        pass
    return (row, column, message)


def _plain_message(problem: Exception) -> str:
    tokenizer = _tokenizer_message(str(problem))
    if tokenizer is not None:
        return tokenizer[1]
    if isinstance(problem, cst.CSTValidationError):
        return str(problem).rstrip(".")
    return f"libcst cannot read this file ({type(problem).__name__})"


def _depth_exceeded(data: bytes) -> bool:
    """Whether brackets might nest too deeply; those in strings and comments count here."""
    brackets = data.translate(_BRACKETS, _OTHERS)
    for _ in range(MOST_BRACKETS):
        fewer = brackets.replace(b"()", b"")
        if len(fewer) == len(brackets):
            return brackets.count(b"(") > MOST_BRACKETS
        brackets = fewer
    return b"(" in brackets


def _too_deep_bracket(text: str, code: str) -> Refused | None:
    depth = 0
    for bracket in re.finditer(r"[()\[\]{}]", code):
        depth += 1 if bracket.group() in "([{" else -1
        if depth > MOST_BRACKETS:
            return nested_too_deeply(*place(text, bracket.start()))
    return None
