"""Studies of made-up tasks, planned and not yet run."""

from bocage.methods import parse_method
from bocage.splits import make_split, parse_budget
from bocage.study import Study, StudySettings
from bocage.study._plan import make_plan


def make_study(folder, task, methods, sizes, split_settings, protocol):
    """One repeat of each budget; chips (in percent: pixels) or labels, as the task has."""
    split = make_split(task, split_settings)
    made = tuple(parse_method(text) for text in methods)
    unit = "chip" if task.kind.has_masks else "label"
    if task.kind.has_masks and any(size.endswith("%") for size in sizes):
        unit = "pixel"
    budgets = tuple(parse_budget(text, unit) for text in sizes)
    plan = make_plan(task, split, made, budgets, protocol, repeats=1)
    settings = StudySettings(task=task.name, leave=split_settings.leave)
    return Study(settings, folder, task, split, made, budgets, protocol, plan)
