"""What a study says is worked out once."""

import sys
from collections import Counter

from bocage.report import _from_study, content_of
from bocage.study import _resample, answer


def test_each_tally_is_resampled_once_while_a_page_is_made(finished, monkeypatch):
    real, seen, answers = _resample.resample, Counter(), []

    def counted(tally, metric, **how):
        made = real(tally, metric, **how)
        seen[tally.methods, tally.counts.tobytes(), made.unit] += 1
        return made

    for module in [m for name, m in sys.modules.items() if name.startswith("bocage.")]:
        if getattr(module, "resample", None) is real:
            monkeypatch.setattr(module, "resample", counted)

    def kept(study):
        answers.append(answer(study))
        return answers[-1]

    monkeypatch.setattr(_from_study, "answer", kept)
    content_of(finished)
    [found] = answers
    tallies = [(t.methods, t.counts.tobytes()) for t in found.tallies.values()]
    assert len(set(tallies)) == len(tallies) > 10
    assert [seen[methods, counts, "blocks"] for methods, counts in tallies] == [1] * len(tallies)
    # Three regions: methods are compared over them where they have no labels of their own.
    by_groups = [n for key, n in seen.items() if key[2] == "groups" and key[:2] in tallies]
    assert by_groups == [1] * len(finished.budgets)
