"""The loop of a batch: rows in, results and faults out, a chunk at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec
import polars as pl

from spinefoot.assessment.assess_table import TableAssessment, TableAssessor
from spinefoot.errors import InputError, Location, Problem
from spinefoot.model.rulebase import RuleBase
from spinefoot.tables.chunks import Chunk
from spinefoot.tables.columns import Layout, match_columns
from spinefoot.tables.faults import ID, ROW, join_faults
from spinefoot.tables.inputs import Source
from spinefoot.tables.mapping import Spellings
from spinefoot.tables.reading import chunks_of, header_of
from spinefoot.tables.settling import Contradictions
from spinefoot.tables.values import Typing

__all__ = ["Assessed", "Batch", "Options"]

_ROWS = 100_000
_ROWS_WITH_FIRINGS = 20_000
"""A row fires some 150 rules, so that its firings take more memory than its columns."""

FILE = "file"
"""Column that tells rows of several sources apart."""


class Options(msgspec.Struct, frozen=True):
    """What to add to the results (*scores*, *fired*, *trace*), and how to read the input."""

    scores: bool = False
    fired: bool = False
    trace: bool = False
    spellings: Spellings = Spellings()
    separator: str | None = None
    ignore_unknown: bool = False
    strict: bool = False


class Assessed(NamedTuple):
    """
    What came of some rows.

    *faults* has the columns `file`, `row`, `id`, `column`, `value` and `reason`; *firings* is the long table of what fired,
    None where no trace was asked for. The columns and types of each table are the same for all rows. *done* is the share
    of all input that is used up, None where not known.
    """

    results: pl.DataFrame
    faults: pl.DataFrame
    firings: pl.DataFrame | None
    rows: int
    rejected: int
    done: float | None


class _Part(NamedTuple):
    """Rows of one layout with their answers, typed; those in *faults* among them, or missing where they cannot be read."""

    layout: Layout
    answers: pl.DataFrame
    ids: pl.DataFrame
    faults: pl.DataFrame
    rows: int
    done: float | None


class Batch:
    """
    Assesses the rows of *sources* with *rulebase*.

    Raises:
        InputError: The header of a source cannot be read, or has unknown columns (for what can only be read once, such
            as stdin, this is found when its turn comes).
    """

    def __init__(self, sources: Sequence[Source], rulebase: RuleBase, options: Options) -> None:
        self._sources = sources
        self._rulebase = rulebase
        self._options = options
        self._contradictions = Contradictions(rulebase)
        self._assessors: dict[frozenset[str], TableAssessor] = {}
        self._several = len(sources) > 1
        for source in sources:
            header = header_of(source, options.separator)
            if header is not None and not self._layout(header, source).findings:
                message = "no column holds a finding, so that nothing can be concluded"
                raise InputError([Problem("SF701", message, Location(source.name), "`spinefoot findings` lists them")])

    def assessed(self) -> Iterator[Assessed]:
        """
        Yield what comes of the rows, in their order; at least once, if only with tables of no rows.

        Raises:
            InputError: A source cannot be read; with *strict*, the first row with a fault.
        """
        sizes = [sum(path.stat().st_size for path in source.paths) for source in self._sources]
        total, before = sum(sizes), 0
        for source, size in zip(self._sources, sizes, strict=True):
            for part in self._parts(source):
                assessed = self._assess(part, source)
                if self._options.strict and assessed.faults.height:
                    raise _first(assessed.faults)
                done = (before + size * part.done) / total if total and part.done is not None else None
                yield assessed._replace(done=done)
            before += size

    def _parts(self, source: Source) -> Iterator[_Part]:
        """Yield the rows of *source* as answers, in parts that are as large as memory allows: each has a fixed cost."""
        rows = _ROWS_WITH_FIRINGS if self._options.fired or self._options.trace else _ROWS
        typings: dict[tuple[str, ...], tuple[Layout, Typing]] = {}
        held: list[_Part] = []
        for chunk in chunks_of(source, self._rulebase, rows, self._options.separator):
            part = self._typed(chunk, source, typings)
            if held and (part.layout is not held[0].layout or sum(p.answers.height for p in held) + part.answers.height > rows):
                yield _joined(held)
                held = []
            held.append(part)
        if held:
            yield _joined(held)

    def _typed(self, chunk: Chunk, source: Source, typings: dict[tuple[str, ...], tuple[Layout, Typing]]) -> _Part:
        columns = tuple(chunk.frame.columns)
        if columns not in typings:
            layout = self._layout([name for name in columns if name != ROW], source)
            typings[columns] = layout, self._typing(layout, source)
        layout, typing = typings[columns]
        answers, impossible = typing.convert(chunk.frame)
        return _Part(
            layout=layout,
            answers=answers,
            ids=_ids(chunk.frame, layout.id_column),
            faults=join_faults([chunk.faults, impossible]),
            rows=chunk.frame.height + chunk.faults[ROW].n_unique(),
            done=chunk.done,
        )

    def _assess(self, part: _Part, source: Source) -> Assessed:
        answers = part.answers
        if part.faults.height:
            answers = answers.filter(~pl.col(ROW).is_in(part.faults[ROW].unique().implode()))
        assessment = self._assessor(part.layout).assess(answers)
        against = self._contradictions.faults(answers.filter(assessment.contradicts))
        faults = join_faults([part.faults, against])
        results, firings = self._results(assessment, answers.select(ROW), part.ids, source)
        return Assessed(
            results=results,
            faults=_faults(faults, part.ids, source),
            firings=firings,
            rows=part.rows,
            rejected=faults[ROW].n_unique(),
            done=None,
        )

    def _results(
        self, assessment: TableAssessment, rows: pl.DataFrame, ids: pl.DataFrame, source: Source
    ) -> tuple[pl.DataFrame, pl.DataFrame | None]:
        """Return results and firings of the rows that do not contradict themselves, with what tells whose they are."""
        who = rows.join(ids, on=ROW, how="left", maintain_order="left").select(pl.col(ID).alias("id"))
        if self._several:
            who = who.select(pl.lit(source.name).alias(FILE), "id")
        results = who.hstack(assessment.results)
        firings = assessment.firings
        kept = ~assessment.contradicts
        if firings is not None:
            firings = firings.filter(kept.gather(firings["row"]))
            if self._options.fired:
                results = results.with_columns(self._fired(firings, results.height))
            firings = who[firings["row"]].hstack(firings.drop("row")).with_columns(pl.col("rule").cast(self._rule_names))
        return results.filter(kept), firings if self._options.trace else None

    @staticmethod
    def _fired(firings: pl.DataFrame, height: int) -> pl.Series:
        joined = firings.group_by("row", maintain_order=True).agg(pl.col("rule").cast(pl.String).str.join(";"))
        numbers = pl.DataFrame({"row": pl.int_range(height, eager=True).cast(firings.schema["row"])})
        return numbers.join(joined, on="row", how="left", maintain_order="left")["rule"].fill_null("").alias("fired")

    @property
    def _rule_names(self) -> pl.Enum:
        """All rules that can be in a trace, so that the type of the column does not depend on the input."""
        r = self._rulebase
        plain = (r.patterns, r.red_flags, r.scope, r.root_level_rules, r.urgency_rules, r.spine_link_rules, r.advice)
        names = [rule.id for rules in plain for rule in rules]
        return pl.Enum([*names, *(item.id for cause in r.causes for item in cause.evidence)])

    def _layout(self, header: Sequence[str], source: Source) -> Layout:
        renamed: Mapping[str, str] = {} if source.format == "symptoms" else self._options.spellings.columns
        return match_columns(header, self._rulebase, renamed, ignore_unknown=self._options.ignore_unknown, name=source.name)

    def _typing(self, layout: Layout, source: Source) -> Typing:
        findings = {column: self._rulebase.finding[name] for column, name in layout.findings.items()}
        own = {} if source.format == "symptoms" else {name: self._options.spellings.of(name) for name in layout.findings.values()}
        return Typing(findings, own, source.name)

    def _assessor(self, layout: Layout) -> TableAssessor:
        names = frozenset(layout.findings.values())
        if names not in self._assessors:
            firings = self._options.fired or self._options.trace
            self._assessors[names] = TableAssessor(self._rulebase, names, scores=self._options.scores, firings=firings)
        return self._assessors[names]


def _joined(parts: Sequence[_Part]) -> _Part:
    first, last = parts[0], parts[-1]
    if first is last:
        return first
    return _Part(
        first.layout,
        pl.concat([part.answers for part in parts], rechunk=True),
        pl.concat([part.ids for part in parts], rechunk=True),
        join_faults([part.faults for part in parts]),
        sum(part.rows for part in parts),
        last.done,
    )


def _ids(frame: pl.DataFrame, column: str | None) -> pl.DataFrame:
    """Return `ROW` and `ID`; the row number stands in for an id that is missing or empty."""
    number = pl.col(ROW).cast(pl.String)
    if column is None:
        return frame.select(ROW, number.alias(ID))
    given = pl.col(column).cast(pl.String)
    return frame.select(ROW, pl.when(given != "").then(given).otherwise(number).alias(ID))


def _faults(faults: pl.DataFrame, ids: pl.DataFrame, source: Source) -> pl.DataFrame:
    known = faults.join(ids, on=ROW, how="left", maintain_order="left")
    return known.select(
        pl.lit(source.name).alias(FILE), pl.col(ROW).alias("row"), pl.col(ID).alias("id"), "column", "value", "reason"
    )


def _first(faults: pl.DataFrame) -> InputError:
    fault = faults.row(0, named=True)
    column = f', column "{fault["column"]}"' if fault["column"] is not None else ""
    return InputError([Problem("SF703", f"row {fault['row']}{column}: {fault['reason']}", Location(fault["file"]))])
