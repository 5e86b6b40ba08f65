"""Sets of cases: Kleene's logic, bit by bit."""

from itertools import product

import pytest

from spinefoot.analysis.bits import Truth, all_of, any_of, at_least, bits_of, negated

THREE = (True, False, None)
ROWS = list(product(THREE, repeat=3))
EVERYONE = (1 << len(ROWS)) - 1


def column(number):
    yes = sum(1 << place for place, row in enumerate(ROWS) if row[number] is True)
    return Truth(yes, sum(1 << place for place, row in enumerate(ROWS) if row[number] is False))


def read(truth):
    return [True if truth.yes >> place & 1 else False if truth.no >> place & 1 else None for place in range(len(ROWS))]


COLUMNS = [column(number) for number in range(3)]


def test_all_is_false_where_one_part_is_and_true_only_where_every_part_is():
    wanted = [False if False in row else None if None in row else True for row in ROWS]

    assert read(all_of(COLUMNS, EVERYONE)) == wanted


def test_any_is_true_where_one_part_is_and_false_only_where_every_part_is():
    wanted = [True if True in row else None if None in row else False for row in ROWS]

    assert read(any_of(COLUMNS, EVERYONE)) == wanted


def test_any_of_nothing_is_false_in_every_case():
    assert any_of([], EVERYONE) == Truth(0, EVERYONE)


def test_not_leaves_the_unknown_unknown():
    assert read(negated(COLUMNS[0])) == [None if row[0] is None else not row[0] for row in ROWS]


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_count_is_unknown_while_enough_parts_may_still_be_true(number):
    def truth(row):
        if row.count(True) >= number:
            return True
        return None if row.count(True) + row.count(None) >= number else False

    assert read(at_least(number, COLUMNS, EVERYONE)) == list(map(truth, ROWS))


def test_the_places_of_a_set_come_lowest_first():
    assert list(bits_of(0b101001)) == [0, 3, 5]
