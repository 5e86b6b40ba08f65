"""The loop of a batch: rows in, results and faults out, a chunk at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
import polars as pl

from spinefoot.errors import InputError, Location, Problem
from spinefoot.model.rulebase import RuleBase
from spinefoot.tables.columns import without_findings
from spinefoot.tables.faults import FILE, ID, ROW, join_faults
from spinefoot.tables.inputs import Source
from spinefoot.tables.mapping import Spellings
from spinefoot.tables.reading import chunks_of, header_of
from spinefoot.tables.rows import RowAssessor, RowReader, Rows

__all__ = ["Assessed", "Batch", "Options"]

_ROWS = 100_000
_ROWS_WITH_FIRINGS = 20_000
"""A row fires some 150 rules, so that its firings take more memory than its columns."""


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
        self._several = sum(max(1, len(source.paths)) for source in sources) > 1
        self._firings = options.fired or options.trace
        self._assessor = RowAssessor(rulebase, scores=options.scores, firings=self._firings)
        self._left_out: dict[str, None] = {}
        for source in sources:
            header = header_of(source, options.separator)
            if header is not None and not self._reader(source).layout(header).findings:
                raise without_findings(source.name)

    @property
    def inputs(self) -> list[Path]:
        """The files that are read."""
        return [path for source in self._sources for path in source.paths]

    @property
    def left_out(self) -> list[str]:
        """Columns that hold no finding and were left out, so far."""
        return list(self._left_out)

    def assessed(self) -> Iterator[Assessed]:
        """
        Yield what comes of the rows, in their order; at least once, if only with tables of no rows.

        Raises:
            InputError: A source cannot be read, or has rows and no finding; with *strict*, the first row with a fault.
        """
        sizes = [source.size for source in self._sources]
        total, before = sum(sizes), 0
        for source, size in zip(self._sources, sizes, strict=True):
            for rows in self._rows(source):
                assessed = self._assess(rows, source)
                if self._options.strict and assessed.faults.height:
                    raise _first(assessed.faults)
                done = (before + size * rows.done) / total if total and rows.done is not None else None
                yield assessed._replace(done=done)
            before += size

    def _reader(self, source: Source) -> RowReader:
        return RowReader(source, self._rulebase, self._options.spellings, ignore_unknown=self._options.ignore_unknown)

    def _rows(self, source: Source) -> Iterator[Rows]:
        """Yield the rows of *source*, as many at a time as memory allows: each time has a fixed cost."""
        most = _ROWS_WITH_FIRINGS if self._firings else _ROWS
        reader = self._reader(source)
        held: list[Rows] = []
        for chunk in chunks_of(source, self._rulebase, most, self._options.separator):
            rows = reader.read(chunk)
            self._left_out |= dict.fromkeys(rows.layout.left_out)
            if held and (rows.layout is not held[0].layout or sum(r.answers.height for r in held) + rows.answers.height > most):
                yield _joined(held)
                held = []
            held.append(rows)
        if held:
            yield _joined(held)
        reader.finish()

    def _assess(self, rows: Rows, source: Source) -> Assessed:
        assessed = self._assessor.assess(rows)
        who = assessed.whose.select(pl.col(FILE).alias("file"), pl.col(ID).alias("id"))
        if not self._several:
            who = who.select("id")
        results = who.hstack(assessed.results)
        firings = assessed.firings
        kept = ~assessed.contradicts
        if firings is not None:
            firings = firings.filter(kept.gather(firings["row"]))
            if self._options.fired:
                results = results.with_columns(_fired(firings, results.height))
            firings = who[firings["row"]].hstack(firings.drop("row")).with_columns(pl.col("rule").cast(self._rule_names))
        return Assessed(
            results=results.filter(kept),
            faults=_faults(assessed.faults, rows.whose, source),
            firings=firings if self._options.trace else None,
            rows=rows.total,
            rejected=assessed.faults[ROW].n_unique(),
            done=None,
        )

    @property
    def _rule_names(self) -> pl.Enum:
        """All rules that can be in a trace, so that the type of the column does not depend on the input."""
        r = self._rulebase
        plain = (r.patterns, r.red_flags, r.scope, r.root_level_rules, r.urgency_rules, r.spine_link_rules, r.advice)
        names = [rule.id for rules in plain for rule in rules]
        return pl.Enum([*names, *(item.id for cause in r.causes for item in cause.evidence)])


def _joined(parts: Sequence[Rows]) -> Rows:
    first, last = parts[0], parts[-1]
    if first is last:
        return first
    return Rows(
        first.layout,
        pl.concat([part.answers for part in parts], rechunk=True),
        pl.concat([part.whose for part in parts], rechunk=True),
        join_faults([part.faults for part in parts]),
        sum(part.total for part in parts),
        last.done,
    )


def _fired(firings: pl.DataFrame, height: int) -> pl.Series:
    joined = firings.group_by("row", maintain_order=True).agg(pl.col("rule").cast(pl.String).str.join(";"))
    numbers = pl.DataFrame({"row": pl.int_range(height, eager=True).cast(firings.schema["row"])})
    return numbers.join(joined, on="row", how="left", maintain_order="left")["rule"].fill_null("").alias("fired")


def _faults(faults: pl.DataFrame, whose: pl.DataFrame, source: Source) -> pl.DataFrame:
    known = faults.join(whose.select(ROW, ID, pl.col(FILE).alias("of row")), on=ROW, how="left", maintain_order="left")
    file = pl.coalesce(FILE, "of row", pl.lit(source.name)).alias("file")
    return known.select(file, pl.col(ROW).alias("row"), pl.col(ID).alias("id"), "column", "value", "reason")


def _first(faults: pl.DataFrame) -> InputError:
    fault = faults.row(0, named=True)
    column = f', column "{fault["column"]}"' if fault["column"] is not None else ""
    return InputError([Problem("SF703", f"row {fault['row']}{column}: {fault['reason']}", Location(fault["file"]))])
