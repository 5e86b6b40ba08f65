"""What the balance sheets of a cause or the points of a published score depend on, as sets of cases, and each case's score."""

from __future__ import annotations

import msgspec

from spinefoot.analysis.bits import Bits, Truth
from spinefoot.analysis.view import CasesView, union
from spinefoot.model.assessment import CauseScore, InstrumentScore
from spinefoot.model.knowledge import Cause, Instrument, Scoring
from spinefoot.scoring import score_cause
from spinefoot.verdict import instrument_score

__all__ = ["Points", "Sheets", "read_points", "read_sheets"]


class Sheets(msgspec.Struct, frozen=True, kw_only=True):
    """
    All that decides the scores of *cause*.

    *items* holds the truth of each item where it applies, *priors* where each `prior_if` is true,
    *lifted* where the ceiling is; *clinician_groups* and *scoring* as in `RuleBase`.
    """

    cause: Cause
    applies: Truth
    items: tuple[Truth, ...]
    priors: tuple[Bits, ...]
    lifted: Bits
    clinician_groups: frozenset[str]
    scoring: Scoring

    def differ_from(self, other: Sheets, everyone: Bits) -> Bits:
        """Return the cases whose score may differ between two readings of the same items."""
        if self is other:
            return 0
        if (self.clinician_groups, self.scoring) != (other.clinician_groups, other.scoring):
            return everyone
        if _numbers(self.cause) != _numbers(other.cause):
            return everyone
        differing = _differ(self.applies, other.applies) | (self.lifted ^ other.lifted)
        differing |= union(a ^ b for a, b in zip(self.priors, other.priors, strict=True))
        for mine, theirs, item, old in zip(self.items, other.items, self.cause.evidence, other.cause.evidence, strict=True):
            differing |= _differ(mine, theirs)
            if item is not old:
                differing |= mine.yes | mine.no
        return differing

    def score(self, case: int) -> CauseScore:
        """Return the balance sheet of one case."""
        answered = [
            (item, met)
            for item, truth in zip(self.cause.evidence, self.items, strict=True)
            if (met := truth.of(case)) is not None
        ]
        priors = (other.prior for other, cases in zip(self.cause.prior_if, self.priors, strict=True) if cases >> case & 1)
        return score_cause(
            self.cause,
            self.scoring,
            answered,
            applies=self.applies.of(case),
            prior=next(priors, None),
            ceiling_lifted=bool(self.lifted >> case & 1),
            clinician_groups=self.clinician_groups,
        )


class Points(msgspec.Struct, frozen=True, kw_only=True):
    """All that decides the points of *instrument*: the truth of each item."""

    instrument: Instrument
    items: dict[str, Truth]

    def score(self, case: int) -> InstrumentScore:
        """Return the points of one case."""
        return instrument_score(self.instrument, {item: truth.of(case) for item, truth in self.items.items()})


def read_points(instrument: Instrument, view: CasesView) -> Points:
    """Read what decides the points of *instrument* in every case."""
    return Points(instrument=instrument, items={item.id: view.truth(item.when) for item in instrument.items})


def read_sheets(cause: Cause, view: CasesView) -> Sheets:
    """Read what decides the scores of *cause* in every case."""
    everyone = view.bits.everyone
    items = []
    for item in cause.evidence:
        truth = view.truth(item.when)
        within = everyone if item.only_if is None else view.truth(item.only_if).yes
        items.append(Truth(truth.yes & within, truth.no & within))
    ceiling = cause.ceiling.unless if cause.ceiling else None
    return Sheets(
        cause=cause,
        applies=Truth(everyone, 0) if cause.applies_if is None else view.truth(cause.applies_if),
        items=tuple(items),
        priors=tuple(view.truth(other.when).yes for other in cause.prior_if),
        lifted=0 if ceiling is None else view.truth(ceiling).yes,
        clinician_groups=view.rulebase.clinician_groups_of(cause),
        scoring=view.rulebase.scoring,
    )


def _differ(one: Truth, other: Truth) -> Bits:
    return (one.yes ^ other.yes) | (one.no ^ other.no)


def _numbers(cause: Cause) -> tuple[object, ...]:
    """Return all that weighs in every case of a cause alike, whatever is answered."""
    priors = [other.prior for other in cause.prior_if]
    return cause.prior, priors, cause.limits, cause.groups, cause.answered_groups, cause.likely_groups, cause.ceiling
