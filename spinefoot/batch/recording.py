"""A batch to files: results, rejects, trace table, and the sidecar that says which rules they come from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import polars as pl

from spinefoot.batch.outputs import STDOUT, Outputs, Writer, format_of
from spinefoot.batch.run import Assessed, Batch
from spinefoot.batch.tally import Tally
from spinefoot.model.rulebase import RuleBase
from spinefoot.version import __version__

__all__ = ["Destinations", "record", "rejects_beside"]


class Destinations(msgspec.Struct, frozen=True):
    """
    Where things go; None is nowhere, "-" is stdout (in *stdout_format*).

    *rejects* is written only if there are any.
    """

    results: Path | None = None
    rejects: Path | None = None
    trace: Path | None = None
    stdout_format: str = "csv"
    force: bool = False

    @property
    def sidecar(self) -> Path | None:
        """The file beside results that have no place for it themselves: text formats."""
        texts = [path for path in (self.results, self.trace) if path not in (None, STDOUT) and format_of(path) != "parquet"]
        main = self.results if self.results not in (None, STDOUT) else self.trace
        return main.with_suffix(".meta.json") if main is not None and texts else None


def rejects_beside(results: Path) -> Path:
    """Return where the rows of *results* that were rejected go: "out.csv" has "out.rejects.csv"."""
    return results.with_suffix(f".rejects{results.suffix}")


def record(
    batch: Batch, rulebase: RuleBase, to: Destinations, on_progress: Callable[[Tally, Assessed], None] | None = None
) -> Tally:
    """
    Run *batch* and write what comes of it; files appear only once all is done.

    Args:
        batch: What to run.
        rulebase: The one that *batch* uses, for version, hash and disclaimer.
        to: Where results go.
        on_progress: Called after each chunk.

    Returns:
        The counts of the run.

    Raises:
        InputError: The input cannot be read, or a row is at fault and the batch is strict.
        UsageError: An output exists.
        OutputError: An output cannot be written.
    """
    tally = Tally()
    about = {
        "spinefoot": __version__,
        "rulebase_version": rulebase.version,
        "rulebase_sha256": rulebase.sha256,
        "disclaimer": rulebase.disclaimer,
    }
    with Outputs(force=to.force) as outputs:
        outputs.reserve([path for path in (to.results, to.rejects, to.trace, to.sidecar) if path is not None])
        tables = _Tables(outputs, batch, to, about)
        for assessed in batch.assessed():
            tables.write(assessed)
            tally.add(assessed.results, assessed.faults, assessed.rows, assessed.rejected)
            if on_progress is not None:
                on_progress(tally, assessed)
        tables.finish(tally)
        outputs.commit()
    return tally


class _Tables:
    def __init__(self, outputs: Outputs, batch: Batch, to: Destinations, about: dict[str, str]) -> None:
        self._outputs = outputs
        self._to = to
        self._about = about
        self._fault_schema = batch.fault_schema
        self._results = self._table(to.results, batch.result_schema)
        self._trace = self._table(to.trace, batch.trace_schema)
        self._rejects: Writer | None = None

    def write(self, assessed: Assessed) -> None:
        if self._results is not None:
            self._results.write(assessed.results)
        if self._trace is not None and assessed.firings is not None:
            self._trace.write(assessed.firings)
        if assessed.faults.height and self._to.rejects is not None:
            self._rejects = self._rejects or self._table(self._to.rejects, self._fault_schema)
            if self._rejects is not None:
                self._rejects.write(assessed.faults)

    def finish(self, tally: Tally) -> None:
        if self._rejects is None and self._to.rejects not in (None, STDOUT):
            self._outputs.remove_at_commit(self._to.rejects)
        if self._to.sidecar is not None:
            self._outputs.small(self._to.sidecar, self._sidecar(tally))

    def _table(self, path: Path | None, schema: pl.Schema | None) -> Writer | None:
        if path is None or schema is None:
            return None
        return self._outputs.table(path, format_of(path, self._to.stdout_format), schema, self._about)

    def _sidecar(self, tally: Tally) -> bytes:
        content = {
            "spinefoot": self._about["spinefoot"],
            "rulebase": {"version": self._about["rulebase_version"], "sha256": self._about["rulebase_sha256"]},
            "rows": {"in": tally.rows, "out": tally.written, "rejected": tally.rejected},
            "disclaimer": self._about["disclaimer"],
        }
        return msgspec.json.format(msgspec.json.encode(content), indent=2) + b"\n"
