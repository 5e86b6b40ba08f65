"""Every way in which a rule base can be broken is refused with its code, its words, its file and its line."""

import os
import re
import shutil

import pytest

from spinefoot.errors import RuleBaseError
from spinefoot.rulebase.load import read_rulebase
from spinefoot.rulebase.locate import read_files, rules_directory


@pytest.fixture
def folder(tmp_path):
    """A copy of the shipped rules that a test may break."""
    target = tmp_path / "rules"
    shutil.copytree(rules_directory(), target, ignore=shutil.ignore_patterns("*.cases.yaml", "schema"))
    return target


def read(folder):
    return read_rulebase(read_files(folder), str(folder))


def refused(folder):
    with pytest.raises(RuleBaseError) as caught:
        read(folder)
    return caught.value.problems


def pattern(when, id="broken", extra=""):
    return f"patterns:\n  - id: {id}\n    title: A pattern\n{extra}    when: {when}\n"


def red_flag(when):
    return (
        "syndrome: {id: broken_syndrome, title: Broken, summary: S, on_arrival: A, sources: [clinical_consensus]}\n"
        "red_flags:\n"
        "  - id: broken_flag\n"
        "    title: A flag\n"
        f"    when: {when}\n"
        "    urgency: soon\n"
        "    because: A reason.\n"
        "    sources: [clinical_consensus]\n"
    )


P = "patterns/broken.yaml"
CYCLE = pattern("{any: [second, foot_drop]}", "first") + "  - id: second\n    title: B\n    when: first\n"
DEEP = pattern("[" * 70 + "foot_drop" + "]" * 70)
SMALL_FINDING = (
    "topic: {id: broken_topic, title: Broken, purpose: P, order: 999}\n"
    "findings:\n"
    "  - id: broken_number\n"
    "    kind: number\n"
    "    observer: self\n"
    "    question: How many?\n"
    "    help: Count them.\n"
    "    subject: the number\n"
    "    why_asked: A reason.\n"
)

LISTED_CHOICE = (
    "topic: {id: broken_topic, title: Broken, purpose: P, order: 999}\n"
    "checklists: [{id: broken_list, title: Which?}]\n"
    "findings:\n"
    "  - id: broken_choice\n"
    "    kind: choice\n"
    "    observer: self\n"
    "    question: Which side?\n"
    "    help: Left or right.\n"
    "    subject: the side\n"
    "    why_asked: A reason.\n"
    "    checklist: broken_list\n"
    "    options: [{id: left, label: Left}, {id: right, label: Right}]\n"
)

WHOM_TO_SEE = "advice:\n  - {id: broken_see, kind: see, when: foot_drop, text: See a podiatrist., basis: expert}\n"

BROKEN = [
    ("SF101", P, b"patterns:\n  - id: \xff\n", "not UTF-8", 0),
    ("SF102", P, DEEP, "nested more than 60 deep", 4),
    ("SF103", P, "patterns: [\n  - id: }\n", "not well-formed YAML", 2),
    ("SF104", P, pattern("{any: [&a foot_drop, *a]}"), "alias", 4),
    ("SF105", P, "patterns: []\npatterns: []\n", 'the key "patterns" stands twice', 2),
    ("SF106", P, pattern("foot_drop", extra="    yes: 1\n"), '"yes" as a key', 4),
    ("SF107", "surprise/broken.yaml", "a: b\n", "no kind of file", 0),
    ("SF201", "red_flags/broken.yaml", red_flag("foot_dorp"), '"foot_dorp"', 5),
    ("SF202", P, pattern("foot_drop", extra="    titel: x\n"), '"titel" is not a key of a pattern', 4),
    ("SF203", P, "patterns:\n  - id: broken\n    when: foot_drop\n", "lacks the key title", 2),
    ("SF204", P, "patterns: foot_drop\n", "stands where a list is expected", 1),
    ("SF205", P, pattern("{foot_drop: yes, saddle_numbness: yes}"), "a condition has one key", 4),
    ("SF206", P, pattern("{foot_drop: {above: 3}}"), "foot_drop is compared with a number", 4),
    ("SF207", P, pattern("saddle_numbness", "foot_drop"), 'the id "foot_drop" is used twice', 2),
    ("SF208", "findings/broken.yaml", SMALL_FINDING, "broken_number is number and needs a unit", 3),
    ("SF208", "findings/broken.yaml", LISTED_CHOICE, "broken_choice is choice and can stand on a checklist only with", 4),
    ("SF301", P, CYCLE, "in a circle: first -> second -> first", 2),
    ("SF302", P, pattern("{cause_level: {gout: {is: likely}}}"), "broken reads cause_level", 2),
    ("SF303", P, pattern("weak_foot_old_stable"), "outside an unless", 2),
    ("SF401", "red_flags/broken.yaml", red_flag("{not: foot_drop}"), "broken_flag has a not in its when", 3),
    ("SF404", "advice/broken.yaml", WHOM_TO_SEE, "broken_see says whom to see and does not read the urgency", 2),
]


@pytest.mark.parametrize(
    ("code", "path", "content", "words", "line"), BROKEN, ids=[f"{case[0]}-{n}" for n, case in enumerate(BROKEN)]
)
def test_a_broken_file_is_refused_with_code_words_file_and_line(folder, code, path, content, words, line):
    (folder / path).parent.mkdir(exist_ok=True)
    (folder / path).write_bytes(content if isinstance(content, bytes) else content.encode())

    found = [problem for problem in refused(folder) if problem.code == code]

    assert any(words in p.message and p.where.file == f"{folder}/{path}" and p.where.line == line for p in found), found


@pytest.mark.parametrize(
    ("drawing", "code", "words"),
    [
        ("[he] [xx]", "SF201", 'unknown mark "xx" in the drawing'),
        ("[so]", "SF208", 'the mark "he" of heel is not in the drawing'),
        ("[he]" + "." * 60, "SF208", "line 1 of the drawing is 64 columns wide"),
    ],
    ids=["unknown mark", "mark not drawn", "too wide"],
)
def test_a_drawing_that_does_not_fit_its_areas_is_refused(folder, drawing, code, words):
    areas = "areas:\n  - {id: heel, label: heel, mark: he, pain: pain_heel}\n  - {id: sole, label: sole, mark: so}\n"
    (folder / "areas.yaml").write_text(f"drawing: '{drawing}'\n{areas}")

    assert [(p.code, words in p.message) for p in refused(folder) if words in p.message] == [(code, True)]


def test_two_areas_with_one_mark_are_refused(folder):
    areas = "areas:\n  - {id: heel, label: heel, mark: he}\n  - {id: sole, label: sole, mark: he}\n"
    (folder / "areas.yaml").write_text(f"drawing: '[he]'\n{areas}")

    assert {p.code for p in refused(folder)} == {"SF207"}


def test_a_misspelt_name_comes_with_the_nearest_spelling(folder):
    (folder / P).write_text(pattern("foot_dorp"))

    assert [problem.hint for problem in refused(folder)] == ['did you mean "foot_drop"?']


def test_a_recent_date_in_the_condition_of_a_red_flag_is_refused(folder):
    (folder / "red_flags/broken.yaml").write_text(red_flag("{weakness_onset_days: {at_most: 3}}"))

    assert [(p.code, "is recent" in p.message) for p in refused(folder)] == [("SF401", True)]


def test_the_problems_of_several_files_are_reported_at_once_in_file_order(folder):
    (folder / "patterns/broken_b.yaml").write_text(pattern("foot_dorp", "broken_b"))
    (folder / "patterns/broken_a.yaml").write_text(pattern("saddle_numbnes", "broken_a"))

    assert [(p.where.file.rsplit("/")[-1], p.code) for p in refused(folder)] == [
        ("broken_a.yaml", "SF201"),
        ("broken_b.yaml", "SF201"),
    ]


def test_an_alias_bomb_is_refused(folder):
    lines = ["a0: &a0 [x, x]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    (folder / P).write_text("\n".join(lines))

    assert {problem.code for problem in refused(folder)} == {"SF104"}


def test_a_file_of_3_mib_is_refused(folder):
    (folder / P).write_text("#" * (3 * 1024 * 1024))

    assert [(p.code, p.message) for p in refused(folder)] == [("SF102", "the file is larger than 2 MiB")]


def test_a_file_that_the_rule_base_needs_is_missed_by_name(folder):
    (folder / "areas.yaml").unlink()

    assert [(p.code, p.where.file) for p in refused(folder)] == [("SF101", f"{folder}/areas.yaml")]


GOUT = "causes/foot/gout.yaml"


def test_the_content_hash_does_not_change_with_comments(folder):
    before = read(folder).sha256
    (folder / GOUT).write_text("# A comment.\n" + (folder / GOUT).read_text())

    assert read(folder).sha256 == before


def test_the_content_hash_does_not_change_with_line_endings(folder):
    before = read(folder).sha256
    (folder / GOUT).write_bytes((folder / GOUT).read_bytes().replace(b"\n", b"\r\n"))

    assert read(folder).sha256 == before


@pytest.mark.parametrize("path", [GOUT, "patterns/weakness.yaml", "red_flags/weak_foot.yaml", "findings/person.yaml"])
def test_the_content_hash_does_not_change_when_a_file_is_renamed_in_its_folder(folder, path):
    before = read(folder).sha256
    (folder / path).rename((folder / path).with_name("zz_renamed.yaml"))

    assert read(folder).sha256 == before


def test_the_content_hash_changes_with_one_weight(folder):
    before = read(folder).sha256
    text = (folder / GOUT).read_text()
    (folder / GOUT).write_text(re.sub(r"if_true: 3\b", "if_true: 4", text, count=1))

    assert read(folder).sha256 != before


def test_a_folder_of_rules_that_cannot_be_read_is_refused_and_not_left_out(folder, monkeypatch):
    def scandir(path):
        if str(path).endswith("red_flags"):
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    real = os.scandir
    monkeypatch.setattr(os, "scandir", scandir)

    [problem] = refused(folder)

    assert problem.code == "SF101"
    assert str(problem) == f"{folder}/red_flags: SF101 the folder cannot be read: Permission denied"
