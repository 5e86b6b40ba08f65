"""
Raw columns to answers: whole columns at a time where values are as expected, one distinct value at a time elsewhere.

`casefile.read_answer` is what decides about a value, here as for symptom files. The expressions in this module are a short
cut for values that it is known to accept; whatever they leave null is looked up among the distinct values of the column.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from spinefoot.casefile import read_answer
from spinefoot.errors import InputError, Location, Problem
from spinefoot.executors.columns.plan import column_type
from spinefoot.model.findings import Finding, Value
from spinefoot.tables.faults import ROW, faults_of_rows, join_faults, no_faults
from spinefoot.tables.mapping import WHOLE_NUMBER, word_of

__all__ = ["Typing"]

_PLAIN_NUMBER = r"^[-+]?[0-9]{1,15}(\.[0-9]{1,15})?$"
_USUAL: Mapping[str, Value] = {"yes": True, "no": False}
_MOST_WORDS = 16


class Typing:
    """
    Turns the raw columns of one layout into columns of `column_type`.

    Words that a column was seen to use are remembered from chunk to chunk, for speed alone.

    Args:
        findings: By raw column, the finding that it answers.
        words: By finding id, what words of the user's own mean (`Spellings.of`).
        name: Of the source, for messages.
    """

    def __init__(self, findings: Mapping[str, Finding], words: Mapping[str, Mapping[str, str]], name: str) -> None:
        self._columns = [_Column(column, finding, words.get(finding.id, {})) for column, finding in findings.items()]
        self._name = name

    def convert(self, raw: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        """
        Return the answers of *raw*, and its impossible values.

        Args:
            raw: The raw columns, and `ROW`.

        Returns:
            `ROW` and a column for each finding, all rows, null where unknown or impossible; and the faults (`FAULTS`).

        Raises:
            InputError: A column is of a type that holds no answers, such as a list or a date.
        """
        kinds = raw.schema
        self._refuse_other_types(kinds)
        given = raw.select(ROW, *(column.raw(kinds[column.name]) for column in self._columns))
        kinds = given.schema
        typed = given.select(ROW, *(column.short_cut(kinds[column.name]) for column in self._columns))
        faults: list[pl.DataFrame] = []
        mended: list[pl.Series] = []
        for column in self._columns:
            values, found = given[column.name], typed[column.finding.id]
            if found.null_count() > values.null_count():
                answers, bad = column.look_up(values, found, raw[column.name], given[ROW])
                mended.append(answers)
                faults.append(bad)
        return typed.with_columns(mended), join_faults(faults)

    def _refuse_other_types(self, kinds: pl.Schema) -> None:
        problems = [
            Problem(
                "SF704",
                f'the column "{column.name}" is of the type {kinds[column.name]}',
                Location(self._name),
                "answers are text, numbers, or true and false",
            )
            for column in self._columns
            if not _holds_answers(kinds[column.name])
        ]
        if problems:
            raise InputError(problems)


class _Column:
    def __init__(self, name: str, finding: Finding, words: Mapping[str, str]) -> None:
        self.name = name
        self.finding = finding
        self._words = words
        self._type = column_type(finding)
        self._seen: dict[str, Value] = {word: value for word, value in _USUAL.items() if word not in words}

    def raw(self, kind: pl.DataType) -> pl.Expr:
        """Return the column as text, numbers or Booleans; as text wherever the user gave words a meaning."""
        column = pl.col(self.name)
        if isinstance(kind, pl.Categorical | pl.Enum | pl.Null):
            return column.cast(pl.String)
        if kind.is_float():
            column = column.fill_nan(None)
        if not self._words:
            return column.cast(pl.Float64) if kind.is_decimal() else column
        if kind.is_decimal():
            column = column.cast(pl.Float64)
        return column.cast(pl.String).str.replace(WHOLE_NUMBER, "$1")

    def short_cut(self, kind: pl.DataType) -> pl.Expr:
        """Return answers wherever they can be had by expressions, and null elsewhere."""
        column = pl.col(self.name)
        if self.finding.kind == "number":
            answers = self._number(column, kind)
        elif self.finding.kind == "choice":
            answers = column.cast(self._type, strict=False) if kind == pl.String() else pl.lit(None, dtype=self._type)
            answers = pl.when(column.is_in(list(self._words))).then(None).otherwise(answers) if self._words else answers
        else:
            answers = self._yes_no(column, kind)
        return answers.alias(self.finding.id)

    def look_up(self, given: pl.Series, found: pl.Series, written: pl.Series, rows: pl.Series) -> tuple[pl.Series, pl.DataFrame]:
        """
        Return *found* with what the short cut could not read, and the faults.

        Args:
            given: The column as `raw` makes it.
            found: What the short cut made of it.
            written: The column as it was in the source.
            rows: Row numbers.
        """
        odd = given.is_not_null() & found.is_null()
        answers: dict[Any, Value] = {}
        refused: dict[Any, str] = {}
        for value in given.filter(odd).unique(maintain_order=True):
            answer = self._read(value)
            if isinstance(answer, Problem):
                refused[value] = answer.message + (f"; {answer.hint}" if answer.hint else "")
            elif answer is not None:
                answers[value] = answer
        self._remember(answers)
        if answers:
            meant = pl.Series(answers.values(), dtype=self._type, strict=False)  # 52 and 5.5e1 are an int and a float
            read = given.replace_strict(list(answers), meant, default=None, return_dtype=self._type)
            found = found.zip_with(~odd, read)
        return found, self._faults(refused, given, written, rows)

    def _faults(self, refused: Mapping[Any, str], given: pl.Series, written: pl.Series, rows: pl.Series) -> pl.DataFrame:
        if not refused:
            return no_faults()
        reasons = given.replace_strict(list(refused), list(refused.values()), default=None, return_dtype=pl.String)
        bad = reasons.is_not_null()
        return faults_of_rows(rows.filter(bad), written.filter(bad).cast(pl.String), reasons.filter(bad), self.name)

    def _read(self, value: Any) -> Value | Problem | None:
        if isinstance(value, str):
            value = self._words.get(word_of(value), value)
        return read_answer(self.finding, value)

    def _remember(self, answers: Mapping[Any, Value]) -> None:
        if self.finding.kind == "yes_no" and len(self._seen) + len(answers) <= _MOST_WORDS:
            self._seen |= {word: value for word, value in answers.items() if isinstance(word, str)}

    def _yes_no(self, column: pl.Expr, kind: pl.DataType) -> pl.Expr:
        if kind == pl.Boolean():
            return column
        if kind.is_numeric():
            return pl.when((column == 1) | (column == 0)).then(column == 1)
        yes = _is_any(column, [word for word, value in self._seen.items() if value is True])
        return pl.when(yes | _is_any(column, [word for word, value in self._seen.items() if value is False])).then(yes)

    def _number(self, column: pl.Expr, kind: pl.DataType) -> pl.Expr:
        low, high = self.finding.min or 0, self.finding.max or 0
        if kind.is_numeric():
            number = column.cast(pl.Float64)
            return pl.when(number.is_between(low, high)).then(number)
        if kind != pl.String():
            return pl.lit(None, dtype=self._type)
        number = column.cast(pl.Float64, strict=False)
        plain = column.str.contains(_PLAIN_NUMBER) & number.is_between(low, high)
        if self._words:
            plain &= ~column.is_in(list(self._words))
        return pl.when(plain).then(number)


def _holds_answers(kind: pl.DataType) -> bool:
    return kind.is_numeric() or isinstance(kind, pl.Boolean | pl.String | pl.Categorical | pl.Enum | pl.Null)


def _is_any(column: pl.Expr, words: Iterable[str]) -> pl.Expr:
    found = pl.lit(False)
    for word in words:
        found = found | (column == word)
    return found
