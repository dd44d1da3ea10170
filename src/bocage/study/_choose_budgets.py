"""The budgets of a study, and the classes that can't fill them."""

from collections.abc import Sequence

from bocage.core import SettingsError, counted, listed
from bocage.splits import SHARES, Budget, Unit, default_budgets, parse_budget, usual_unit
from bocage.study._settings import StudySettings
from bocage.tables import class_counts
from bocage.tasks import Task

_NUMBERS = ("5", "10", "20", "50", "all")
_AMOUNTS: dict[Unit, tuple[str, ...]] = {
    "fraction": ("1%", "5%", "20%", "all"),
    "pixel": ("1%", "5%", "10%", "all"),
}


def choose_budgets(settings: StudySettings, task: Task) -> tuple[Budget, ...]:
    """Read the budgets asked for, smallest first, or take the default ones.

    A percentage is of the samples, or of the labelled pixels of a segmentation.
    """
    usual = usual_unit(task.kind)
    unit, exact = settings.budget_unit or usual, settings.exact
    segmented = task.kind.has_masks
    share: Unit = "pixel" if segmented else "fraction"
    if unit in SHARES:
        if unit == "pixel" and not segmented:
            raise SettingsError(
                f"budgets in pixels need masks; the unit of a {task.kind} is the {usual}: pass "
                f"--budget-unit {usual}, or a percentage"
            )
        unit = share
    if unit in {"class", "parcel"} and not task.kind.classifies_samples:
        raise SettingsError(
            f"budgets in labels per {unit} need a class for each sample; the unit of a {task.kind} "
            f"is the {usual}: pass --budget-unit {usual}"
        )
    if settings.budgets is None:
        if unit == usual:
            return tuple(default_budgets(task.kind, exact=exact))
        amounts = _AMOUNTS.get(unit, _NUMBERS)
        return tuple(parse_budget(text, unit, exact=exact) for text in amounts)
    read = [parse_budget(text, unit, share, exact=exact) for text in settings.budgets]
    found = {str(b): b for b in read}
    numbers = [b for b in found.values() if not (b.is_all or b.is_share)]
    parts = [b for b in found.values() if b.is_share]
    if segmented and parts:
        if numbers:
            raise SettingsError(
                f"budgets {numbers[0]} and {parts[0]} count {unit}s and pixels, which cannot "
                "share one learning curve; expected one of the two"
            )
        found |= {str(b): Budget(b.amount, share) for b in found.values() if b.is_all}
    return tuple(sorted(found.values(), key=lambda b: (b.is_all, not b.is_share, b.amount)))


def scarce_classes(task: Task, budgets: Sequence[Budget]) -> tuple[str, ...]:
    """Name the classes that can't fill the budgets, whatever the split: in one line, or none."""
    if not task.kind.classifies_samples:
        return ()
    asked = [b for b in budgets if b.unit == "class" and b.by_class]
    said = []
    for name, n in sorted(class_counts(task).items(), key=lambda pair: pair[1]):
        short = [f"{b.amount:g}" for b in asked if b.amount > n]
        if short:
            span = short[0] if len(short) == 1 else f"{short[0]} to {short[-1]}"
            said.append(f"{name!r} (has {n}, budgets of {span})")
    if not said:
        return ()
    end = "stay blank" if asked[0].exact else "use all labels of these classes"
    what = counted(len(said), "class has", "classes have")
    note = (
        f"{what} fewer labels than some budgets: {listed(said)}; these budgets {end}. Such "
        "classes can be merged (--merge) or left out (--min-class)"
    )
    return (note,)
