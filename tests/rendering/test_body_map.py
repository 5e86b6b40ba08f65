"""The drawing: numbers in the places of the areas that are asked, nothing elsewhere, and narrow enough."""

from __future__ import annotations

import re

from spinefoot.planning.screens import Screen
from spinefoot.rendering.body_map import areas_asked, draw, two_columns
from spinefoot.rendering.interview import Style, screen_page
from spinefoot.rendering.report import Line
from spinefoot.rendering.terminal import plain_text


def numb_map(rules):
    return [finding for finding in rules.findings if finding.checklist == "numb_map"]


def test_each_number_of_the_list_that_is_drawn_stands_in_the_place_of_its_area(rules):
    numbers = areas_asked(numb_map(rules), rules)
    drawing = draw(numbers, rules)
    marked = {area.id for area in rules.areas if area.mark}

    assert {int(n) for n in re.findall(r"\[ ?(\d+)\]", drawing)} == {n for area, n in numbers.items() if area in marked}


def test_areas_that_are_not_asked_have_no_number_and_the_drawing_keeps_its_shape(rules):
    drawing = draw({"heel": 1}, rules)

    assert set(re.findall(r"\[ ?(\d+)\]", drawing)) == {"1"}
    assert [len(line) for line in drawing.splitlines()] == [len(line) for line in rules.drawing.splitlines()]


def test_a_screen_of_other_questions_has_no_drawing(rules):
    pelvis = [finding for finding in rules.findings if finding.checklist == "danger_pelvis_check"]

    assert areas_asked(pelvis, rules) == {}
    assert draw({}, rules) is None


def test_without_drawings_places_are_named_in_words(rules):
    screen = Screen("numb_map", tuple(finding.id for finding in numb_map(rules)), "numb_place")
    drawn = plain_text(screen_page(screen, 1, rules, Style()), 60)
    named = plain_text(screen_page(screen, 1, rules, Style(drawings=False)), 60)

    assert "[" in drawn
    assert "[" not in named
    assert max(map(len, drawn.splitlines())) <= 60
    for finding in numb_map(rules):
        label = next(area.label for area in rules.areas if area.numb == finding.id)
        assert label in named
        assert label in drawn


def test_a_clinician_sees_the_nerves_of_each_place(rules):
    screen = Screen("numb_map", tuple(finding.id for finding in numb_map(rules)), "numb_place")

    assert "heel (S1)" in plain_text(screen_page(screen, 1, rules, Style(clinician=True)), 80)


def test_a_long_item_has_a_line_of_its_own():
    items = [Line(text=text, mark="1") for text in ("a" * 40, "b", "c")]

    assert [line.text.split() for line in two_columns(items)] == [["1", "a" * 40], ["1", "b", "1", "c"]]
