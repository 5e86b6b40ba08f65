"""Fixtures that tests of the command line share."""

import pytest

from tests.cli.evaluating import GOOD


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "patients.csv"
    path.write_text(GOOD)
    return str(path)
