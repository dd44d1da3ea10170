"""Does the first verdict of a study stand at its end?  Invented countries of fresh seeds.

    python benchmarks/first_verdicts.py [COUNTRIES] [--first SEED] [-j PROCESSES]

Every country is compared with the methods and budgets of `bocage compare landscape`. For a region
left out, and for labels of the place, the verdict is noted that the page shows after each stage
(first answer, all budgets, all places, all draws); the last is that of the finished study. Printed
is how each went on, and how often the advice of an earlier verdict was taken back: another is given
at the end.
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from bocage.report import content_of
from bocage.study import Study, Verdict, Workers, make_settings, prepare

FIRST = 8_000
PLACES = ("out", "local")


@dataclass(frozen=True)
class Said:
    """What a page advised when a share of the runs was done."""

    status: str
    advised: str
    best: str
    done: float

    @classmethod
    def of(cls, study: Study) -> "Said | None":
        """Return the verdict that the page would show now."""
        found: Verdict | None = content_of(study).verdict
        if found is None:
            return None
        advised = found.chosen if found.status in ("decided", "alike") else ""
        return cls(
            found.status, advised, found.best, 1 - study.n_missing / max(1, study.plan.n_runs)
        )

    @property
    def in_words(self) -> str:
        """What was said, short."""
        return f"{self.status}: {self.advised or f'({self.best} scored best)'}"


def whole(seed: int, folder: Path, processes: int) -> Study:
    """Run a study to its end."""
    study = prepare(make_settings({"task": f"landscape:seed={seed}"}), folder)
    study.run(Workers(processes))
    return study


def watch(seed: int, where: str, finished: Study, folder: Path) -> list[Said]:
    """Note the verdict that a study asked for a place shows after each stage.

    The place decides which runs come first and not what they are: those of the finished study are
    handed over, stage by stage.
    """
    settings = make_settings({"task": f"landscape:seed={seed}", "where": where})
    study = prepare(settings, folder)
    records = finished.store.refresh()
    noted: list[Said] = []
    stages = sorted({batch.stage for batch in study.plan.batches})
    for stage in stages:
        for batch in study.plan.batches:
            if batch.stage == stage:
                study.store.write(batch.name, [records[run.key] for run in batch.runs])
        said = Said.of(study)
        if said is not None:
            noted.append(said)
    return noted


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("countries", type=int, nargs="?", default=10)
    parser.add_argument("--first", type=int, default=FIRST, help="seed of the first country")
    parser.add_argument("-j", type=int, default=2, help="processes")
    asked = parser.parse_args()
    ends: Counter[tuple[str, int, str]] = Counter()
    print(
        "| country | place | stage | runs done | verdict | at the end |\n|---|---|---|---:|---|---|"
    )
    for seed in range(asked.first, asked.first + asked.countries):
        start = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            finished = whole(seed, Path(folder) / "whole", asked.j)
            found = {where: watch(seed, where, finished, Path(folder) / where) for where in PLACES}
        print(f"{seed}: {time.monotonic() - start:.0f} s", file=sys.stderr)
        for where, noted in found.items():
            last = noted[-1]
            for number, said in enumerate(noted, 1):
                if said.status == last.status and said.advised == last.advised:
                    end = "the same"
                elif not said.advised:
                    end = "was open"
                else:
                    end = "taken back" if last.advised else "open at the end"
                ends[where, number, end] += 1
                print(
                    f"| {seed} | {where} | {number} | {said.done:.0%} | {said.in_words} | {end} |",
                    flush=True,
                )
    for (where, number, end), count in sorted(ends.items()):
        print(f"{where}, stage {number}: {end} in {count} of {asked.countries}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
