"""What written cases expect, as sets of cases, held against what is concluded of all of them at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from spinefoot.analysis.bits import Bits
from spinefoot.analysis.outcome import Outcome
from spinefoot.analysis.view import union
from spinefoot.casecheck import NO_SCORE, lowest_and_highest
from spinefoot.model.case import Case, Expected
from spinefoot.model.knowledge import RedFlag, UrgencyRule
from spinefoot.model.rulebase import RuleBase
from spinefoot.verdict import in_order

__all__ = ["Expectations"]


class Expectations:
    """The expectations of many cases; `failing` says which cases come out differently, as `casecheck.differences` does."""

    def __init__(self, cases: Sequence[Case], rulebase: RuleBase) -> None:
        self._rulebase = rulebase
        self._fires: dict[str, Bits] = defaultdict(int)
        self._silent: dict[str, Bits] = defaultdict(int)
        self._setting_urgency: dict[str, Bits] = defaultdict(int)
        self._levels: dict[str, dict[str, Bits]] = defaultdict(lambda: defaultdict(int))
        self._scores: dict[str, dict[int, int]] = defaultdict(dict)
        self._points: dict[str, dict[int, tuple[int, int]]] = defaultdict(dict)
        self._first: dict[int, tuple[str, ...]] = {}
        expected = {place: case.expected for place, case in enumerate(cases) if case.expected is not None}
        for place, wanted in expected.items():
            self._add(wanted, place)
        self._wrong_urgency = _refusing(expected, rulebase.urgency_rank, self._refuses_urgency)
        self._wrong_link = _refusing(expected, [verdict.id for verdict in rulebase.verdicts], _refuses_link)
        self._wrong_root = _refusing(expected, [root.id for root in rulebase.roots], _refuses_root)
        self._needed_root = _refusing(expected, [root.id for root in rulebase.roots], _needs_root)

    def failing(self, outcome: Outcome) -> Bits:
        """
        Return the cases that do not come out as they expect.

        For an outcome that was made from an earlier one, only what differs from that is looked at: every case
        that failed before may be left out, and none that newly fails.
        """
        changed = outcome.rulebase.rule if outcome.before is None else outcome.changed
        failing = union(self._fires[name] & ~outcome.fires[name] for name in changed if name in self._fires)
        failing |= union(self._silent[name] & outcome.fires[name] for name in changed if name in self._silent)
        failing |= union(outcome.urgency[name] & cases for name, cases in self._wrong_urgency.items())
        failing |= union(outcome.spine_link[name] & cases for name, cases in self._wrong_link.items())
        failing |= union(outcome.root_levels[name] & cases for name, cases in self._wrong_root.items())
        failing |= union(cases & ~outcome.root_levels[name] for name, cases in self._needed_root.items())
        return failing | self._not_setting_urgency(outcome) | self._failing_causes(outcome) | self._failing_points(outcome)

    def _not_setting_urgency(self, outcome: Outcome) -> Bits:
        rules: list[RedFlag | UrgencyRule] = [*outcome.rulebase.red_flags, *outcome.rulebase.urgency_rules]
        setting = {rule.id: outcome.fires[rule.id] & outcome.urgency[rule.urgency] for rule in rules}
        return union(cases & ~setting.get(name, 0) for name, cases in self._setting_urgency.items())

    def _failing_points(self, outcome: Outcome) -> Bits:
        failing = 0
        for name, expected in self._points.items():
            points = outcome.points[name]
            if outcome.before is not None and points is outcome.before.points[name]:
                continue
            for case, wanted in expected.items():
                score = points.score(case)
                if not outcome.fires[name] >> case & 1 or (score.lowest, score.highest) != wanted:
                    failing |= 1 << case
        return failing

    def _failing_causes(self, outcome: Outcome) -> Bits:
        failing = 0
        for cause, rescored in outcome.rescored.items():
            for level, cases in self._levels.get(cause, {}).items():
                failing |= cases & rescored & ~_at(level, cause, outcome)
            for case, score in self._scores.get(cause, {}).items():
                if rescored >> case & 1 and (outcome.withheld >> case & 1 or outcome.scores[cause][case].score != score):
                    failing |= 1 << case
        rescored = union(outcome.rescored.values())
        for case, accepted in self._first.items():
            if rescored >> case & 1 and self._first_cause(case, outcome) not in accepted:
                failing |= 1 << case
        return failing

    def _first_cause(self, case: int, outcome: Outcome) -> str | None:
        if outcome.withheld >> case & 1:
            return None
        scores = in_order(outcome.scores[cause.id][case] for cause in self._rulebase.causes)
        return scores[0].cause if scores else None

    def _add(self, wanted: Expected, place: int) -> None:
        case = 1 << place
        for name in wanted.fires:
            self._fires[name] |= case
        for name in wanted.silent:
            self._silent[name] |= case
        for name in wanted.urgency_rules:
            self._setting_urgency[name] |= case
        for cause, level in wanted.levels.items():
            self._levels[cause][level] |= case
        for cause, score in wanted.scores.items():
            self._scores[cause][place] = score
        for instrument, points in wanted.instruments.items():
            self._points[instrument][place] = lowest_and_highest(points)
        if wanted.causes:
            self._first[place] = wanted.causes

    def _refuses_urgency(self, wanted: Expected, urgency: str) -> bool:
        rank = self._rulebase.urgency_rank
        return (
            (wanted.urgency is not None and urgency != wanted.urgency)
            or (wanted.urgency_at_least is not None and rank[urgency] > rank[wanted.urgency_at_least])
            or (wanted.urgency_at_most is not None and rank[urgency] < rank[wanted.urgency_at_most])
        )


def _refusing(
    expected: Mapping[int, Expected], conclusions: Iterable[str], refuses: Callable[[Expected, str], bool]
) -> dict[str, Bits]:
    """Return, by conclusion, the cases that refuse it."""
    return {name: union(1 << place for place, wanted in expected.items() if refuses(wanted, name)) for name in conclusions}


def _refuses_link(wanted: Expected, verdict: str) -> bool:
    links = (wanted.spine_link,) if isinstance(wanted.spine_link, str) else wanted.spine_link
    return links is not None and verdict not in links


def _refuses_root(wanted: Expected, root: str) -> bool:
    return wanted.root_levels is not None and root not in wanted.root_levels


def _needs_root(wanted: Expected, root: str) -> bool:
    return wanted.root_levels is not None and root in wanted.root_levels


def _at(level: str, cause: str, outcome: Outcome) -> Bits:
    """Return the cases in which *cause* has the level; a case may also expect that it is "not scored"."""
    return outcome.withheld if level == NO_SCORE else outcome.levels[cause].get(level, 0)
