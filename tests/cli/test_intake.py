"""A fixed part of `benchmarks/intake.py`: odd tables and rasters are read right or refused."""

from collections import Counter

import pytest
from tests.data.scripts import ROOT, load_script

TABLES, RASTERS = range(2000, 2036), range(2000, 2018)


@pytest.fixture(scope="module")
def intake():
    """The script, as its own modules import it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "benchmarks"))
        patch.setenv("COLUMNS", "4000")
        patch.setenv("NO_COLOR", "1")
        patch.setenv("BOCAGE_OFFLINE", "1")
        for name in ("intake", "intake_table_changes", "intake_tables", "intake_rasters"):
            load_script(name)
        yield load_script("intake")


def _bad(intake, ended):
    bad = (intake.TRACEBACK, intake.HANG, intake.WRONG)
    return [one for one in ended if one.noise or one.how in bad]


def test_odd_tables(intake, tmp_path):
    ended = [intake.run("tables", number, str(tmp_path)) for number in TABLES]
    assert _bad(intake, ended) == []
    assert min(Counter(one.how for one in ended)[how] for how in (intake.READ, intake.REFUSED)) > 5


@pytest.mark.slow
def test_odd_rasters(intake, tmp_path):
    load_script("intake_rasters").prepare(tmp_path)
    ended = [intake.run("rasters", number, str(tmp_path)) for number in RASTERS]
    assert _bad(intake, ended) == []
    assert min(Counter(one.how for one in ended)[how] for how in (intake.READ, intake.REFUSED)) > 3


def test_what_is_wrong_is_found(intake):
    said = intake.Said(0, "Use b:centroid, balanced accuracy nan", "")
    case = intake.Case("", (), lambda said: "prints NaN" if "nan" in said.out else "")
    assert intake.judge("tables", 0, case, said).how == intake.WRONG
    loud = intake.Said(2, "", "/x.py:3: RuntimeWarning: overflow\nbocage: refused\n")
    assert "RuntimeWarning" in intake.judge("tables", 0, case, loud).noise
    broken = intake.Said(1, "", "Traceback (most recent call last):\n")
    assert intake.judge("tables", 0, case, broken).how == intake.TRACEBACK
