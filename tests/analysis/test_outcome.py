"""Many cases at once come to what the plain executor concludes of each."""

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import spinefoot
from spinefoot.analysis.bits import CaseBits
from spinefoot.analysis.outcome import Outcome, Reading, conclude
from spinefoot.analysis.written import conclude_all
from spinefoot.executors import plain
from spinefoot.model.assessment import Conclusions
from tests.analysis.conftest import bases_with_intake, written
from tests.strategies import answers, rule_bases

SLOW = settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))


def one_case(outcome: Outcome, place: int) -> Conclusions:
    """What an outcome says of the case at *place*, in the words of an executor; without what only executors keep."""
    rulebase = outcome.rulebase

    def names(things):
        return tuple(thing.id for thing in things if outcome.fires[thing.id] >> place & 1)

    def only(concluded):
        (found,) = [name for name, cases in concluded.items() if cases >> place & 1]
        return found

    withheld = outcome.withheld >> place & 1
    return Conclusions(
        patterns=names(rulebase.patterns),
        red_flags=names(rulebase.red_flags),
        withheld=(),
        scores={} if withheld else {cause.id: outcome.scores[cause.id][place] for cause in rulebase.causes},
        root_levels=tuple(root.id for root in rulebase.roots if outcome.root_levels[root.id] >> place & 1),
        root_level_rules=names(rulebase.root_level_rules),
        urgency=only(outcome.urgency),
        urgency_rules=(),
        spine_link=only(outcome.spine_link),
        spine_link_rules=(),
        advice=names(rulebase.advice),
        instruments={i.id: outcome.points[i.id].score(place) for i in rulebase.instruments if outcome.fires[i.id] >> place & 1},
    )


def same_words(conclusions: Conclusions) -> Conclusions:
    return msgspec.structs.replace(conclusions, withheld=(), urgency_rules=(), spine_link_rules=())


@SLOW
@given(data=st.data())
def test_random_cases_come_to_what_the_plain_executor_concludes_of_each(data):
    rulebase = data.draw(rule_bases(BASE))
    cases = data.draw(st.lists(answers(), min_size=1, max_size=12))
    outcome = conclude(rulebase, CaseBits(cases), Reading(rulebase))

    for place, given_answers in enumerate(cases):
        assert one_case(outcome, place) == same_words(plain.infer(rulebase, given_answers))


def test_shipped_cases_come_to_what_the_plain_executor_concludes_of_each(rules, shipped_cases):
    outcome = conclude_all(shipped_cases, rules).outcome

    for place in range(0, len(shipped_cases.cases), 8):
        assert one_case(outcome, place) == same_words(plain.infer(rules, shipped_cases.answers[place]))


@SLOW
@given(data=st.data())
def test_nothing_differs_where_nothing_was_edited(data):
    rulebase = data.draw(bases_with_intake())
    concluded = conclude_all(data.draw(written(rulebase)), rulebase)

    again = conclude(rulebase, concluded.bits, concluded.reading, concluded.outcome)

    assert not again.changed
    assert not again.rescored


BASE = spinefoot.load_rules()
