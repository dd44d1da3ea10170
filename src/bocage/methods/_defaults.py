"""Which methods a comparison runs unless told otherwise."""

from bocage.features import COORDINATES
from bocage.methods._method import Method
from bocage.methods._parse import parse_method
from bocage.methods.backbones import BACKBONES, lacking
from bocage.methods.heads import FOREST, HEADS, XGBOOST, linear_head
from bocage.methods.strategies import STRATEGIES
from bocage.tasks import Task

TREES = (FOREST.name, XGBOOST.name)
"""A forest and boosted trees: what plain measurements are mapped with."""


def default_methods(task: Task, *, every: bool = False) -> tuple[Method, ...]:
    """Choose floors, controls, heads on each input, a traditional baseline and hybrids.

    Parameters
    ----------
    task : Task
    every : bool
        Also run every other model on the first input (XGBoost, LightGBM, MLP, ...), and a forest
        and a boosted model on each of the others.

    Returns
    -------
    tuple of Method
    """
    if task.kind.has_masks:
        return tuple(parse_method(text) for text in _segmenters(task, every=every))
    networks = [] if lacking() or not task.has_places else _networks(task, every=every)
    if networks:
        return _parsed(networks, task)
    linear = linear_head(task.kind)
    if not task.inputs:
        return _parsed(["prior", *(f"{COORDINATES}:{m}" for m in ("knn1", linear, "forest"))], task)
    names = sorted(task.inputs, key=lambda n: (task.inputs[n].modality != "embedding", n))
    first, others = names[0], names[1:]
    texts = ["prior", f"{COORDINATES}:knn1", f"{first}:bands"]
    texts += [f"{first}:{linear}", f"{first}:knn1", f"{first}:knn3"]
    for name in others:
        texts += [f"{name}:{linear}"]
    # A forest on plain measurements is what most maps are made with today.
    widest = max(others, key=lambda n: len(task.inputs[n].bands)) if others else first
    texts += [f"{widest}:forest"]
    texts += [f"{first}+{name}:{linear}" for name in others]
    texts += [f"{first}+{COORDINATES}:{linear}"]
    if every:
        models = [m for m in HEADS.own.values() if m.needs_input and task.kind.name in m.grid]
        texts += [f"{first}:{model.name}" for model in models]
        texts += [f"{name}:{model}" for name in others for model in TREES]
    return _parsed(texts, task)


def _parsed(texts: list[str], task: Task) -> tuple[Method, ...]:
    """Read methods, each once: those that the task's coordinates and gaps allow."""
    torn = [name for name in sorted(task.inputs) if task.inputs[name].has_gaps]
    able = [spec.name for spec in HEADS.own.values() if spec.takes_gaps]
    texts += [f"{name}:{model}" for name in torn for model in able]
    made = tuple(parse_method(text) for text in dict.fromkeys(texts))
    return tuple(
        method
        for method in made
        if (task.has_places or COORDINATES not in method.inputs)
        and (method.takes_gaps or not set(torn) & set(method.inputs))
    )


def _segmenters(task: Task, *, every: bool) -> list[str]:
    """Choose per-pixel heads, networks from scratch, and a pretrained one."""
    names = sorted(task.inputs, key=lambda n: (task.inputs[n].modality != "embedding", n))
    first = names[0] if task.inputs[names[0]].modality == "embedding" else "+".join(names[::-1])
    texts = ["prior", f"{COORDINATES}:forest"]
    texts += [*(f"{name}:logistic" for name in names), f"{first}:forest"]
    texts += [f"{first}:{XGBOOST.name}"] if every else []
    if lacking():
        return texts
    nets = ("conv1x1", "shallow-unet", "unet", "segformer") if every else ("unet", "segformer")
    texts += [f"{first}:{net}:scratch" for net in nets]
    for name in names:
        able = [item for item in BACKBONES.own.values() if item.reads(task.inputs[name])]
        here = [item for item in able if item.is_at_hand]
        for backbone in here if every else here[:1]:
            net = f"{name}:{backbone.name}"
            strategies = STRATEGIES if every else ("linear", "lora")
            texts += [f"{net}:{strategy}" for strategy in strategies]
            texts += [f"{net}:linear:weights=random"]
    return list(dict.fromkeys(texts))


def _networks(task: Task, *, every: bool) -> list[str]:
    """Choose every strategy of a network that reads an input, and what it must beat."""
    linear = linear_head(task.kind)
    texts: list[str] = []
    for name in sorted(task.inputs):
        able = [item for item in BACKBONES.own.values() if item.reads(task.inputs[name])]
        able = [item for item in able if item.is_at_hand]
        for backbone in able if every else able[:1]:
            net = f"{name}:{backbone.name}"
            texts += ["prior", f"{COORDINATES}:knn1", f"{COORDINATES}:forest"]
            texts += [f"{name}:{linear}", f"{name}:{XGBOOST.name}"]
            known = [item.name for item in STRATEGIES.values() if task.kind in item.kinds]
            texts += [f"{net}:{strategy}" for strategy in known]
            texts += [f"{net}:linear:weights=random", f"{name}@{backbone.name}+{name}:{linear}"]
    return list(dict.fromkeys(texts))
