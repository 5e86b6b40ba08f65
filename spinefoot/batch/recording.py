"""A batch to files: results, rejects, trace table, and the sidecar that says which rules they come from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import polars as pl

from spinefoot.batch.outputs import STDOUT, Outputs, Writer, format_of
from spinefoot.batch.run import Assessed, Batch
from spinefoot.batch.tally import Tally
from spinefoot.errors import Location, Problem, UsageError
from spinefoot.model.rulebase import RuleBase
from spinefoot.tables.inputs import SIDECAR
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
    def to_stdout(self) -> bool:
        """Whether something goes to stdout."""
        return STDOUT in (self.results, self.rejects, self.trace)

    @property
    def sidecar(self) -> Path | None:
        """The file beside results that have no place for it themselves: text formats."""
        texts = [path for path in (self.results, self.trace) if path not in (None, STDOUT) and format_of(path) != "parquet"]
        main = self.results if self.results not in (None, STDOUT) else self.trace
        return main.with_name(main.name + SIDECAR) if main is not None and texts else None


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
        UsageError: An output exists, has no folder, or would replace an input; only results may do that.
        OutputError: An output cannot be written.
    """
    tally = Tally()
    about = {
        "spinefoot": __version__,
        "rulebase_version": rulebase.version,
        "rulebase_sha256": rulebase.sha256,
        "disclaimer": rulebase.disclaimer,
    }
    _keep_inputs(batch, to)
    with Outputs(force=to.force) as outputs:
        outputs.reserve([path for path in (to.results, to.rejects, to.trace, to.sidecar) if path is not None])
        tables = _Tables(outputs, to, about)
        for assessed in batch.assessed():
            tables.write(assessed)
            tally.add(assessed.results, assessed.faults, assessed.rows, assessed.rejected)
            if on_progress is not None:
                on_progress(tally, assessed)
        tables.finish(tally)
        outputs.commit()
    return tally


def _keep_inputs(batch: Batch, to: Destinations) -> None:
    inputs = {path.resolve() for path in batch.inputs}
    beside = [path for path in (to.rejects, to.trace, to.sidecar) if path not in (None, STDOUT)]
    lost = [path for path in beside if path.resolve() in inputs]
    if lost:
        raise UsageError([Problem("SF711", "this is an input", Location(str(path)), "name another file") for path in lost])


class _Tables:
    """The tables that are written; each is begun with the first rows for it, which say what columns it has."""

    def __init__(self, outputs: Outputs, to: Destinations, about: dict[str, str]) -> None:
        self._outputs = outputs
        self._to = to
        self._about = about
        self._writers: dict[Path, Writer] = {}

    def write(self, assessed: Assessed) -> None:
        self._append(self._to.results, assessed.results)
        self._append(self._to.trace, assessed.firings)
        if assessed.faults.height:
            self._append(self._to.rejects, assessed.faults)

    def finish(self, tally: Tally) -> None:
        rejects = self._to.rejects
        if rejects is not None and rejects != STDOUT and rejects not in self._writers:
            self._outputs.remove_at_commit(rejects)
        if self._to.sidecar is not None:
            self._outputs.small(self._to.sidecar, self._sidecar(tally))

    def _append(self, path: Path | None, rows: pl.DataFrame | None) -> None:
        if path is None or rows is None:
            return
        if path not in self._writers:
            form = format_of(path, self._to.stdout_format)
            self._writers[path] = self._outputs.table(path, form, rows.schema, self._about)
        self._writers[path].write(rows)

    def _sidecar(self, tally: Tally) -> bytes:
        content = {
            "spinefoot": self._about["spinefoot"],
            "rulebase": {"version": self._about["rulebase_version"], "sha256": self._about["rulebase_sha256"]},
            "rows": {"in": tally.rows, "out": tally.written, "rejected": tally.rejected},
            "disclaimer": self._about["disclaimer"],
        }
        return msgspec.json.format(msgspec.json.encode(content), indent=2) + b"\n"
