"""What a configuration of TerraTorch keeps of a method, and what it does not."""

import textwrap

from bocage.core import counted
from bocage.methods._chip_net import ChipNetMethod
from bocage.methods._method import Method
from bocage.methods._pretrained import PretrainedMethod
from bocage.methods.backbones._backbone import OwnFile
from bocage.methods.exports._config import OUTPUT
from bocage.methods.exports._feed import Feed
from bocage.methods.exports._networks import is_pretrained
from bocage.methods.exports._training import NetworkTraining, batch_size
from bocage.methods.exports._wirings import head_of, wiring_of
from bocage.methods.strategies._schedule import BATCH

WIDTH = 96
DROPPED = {"satlas-tiny": 0.2, "satlas-base": 0.5}
"""Stochastic depth that TerraTorch's Satlas can't be built without."""


def header(method: Method, feed: Feed, training: NetworkTraining, title: str) -> str:
    """Write the comment above a configuration: what it is, how to run it, what differs."""
    lines = [
        *textwrap.wrap(f"{title}: {method.name}, written by Bocage for TerraTorch.", WIDTH),
        "",
        "Run in this folder:",
        "  terratorch fit -c config.yaml",
        f"  terratorch test -c config.yaml --ckpt_path {OUTPUT}/checkpoints/last.ckpt",
        "",
        *_listed("Same as in Bocage:", same(feed, training)),
        "",
        *_listed("Different from Bocage:", differences(method, feed, training)),
    ]
    return "".join(f"# {line}".rstrip() + "\n" for line in lines)


def same(feed: Feed, training: NetworkTraining) -> list[str]:
    """List what TerraTorch does as Bocage does."""
    made = [
        (
            "standardisation of each band: (value - mean) / std gives the values that Bocage's "
            "network sees"
        )
    ]
    if feed.tops:
        tops = ", ".join(f"{band} {top:g}" for band, top in feed.tops.items())
        made.append(
            f"values above {tops} were clipped before the chips were written, because TerraTorch "
            "can't clip them; clip other chips too before predicting on them"
        )
    made += [
        "labels: -1 means unlabelled; equal class weights; the test chips are those of the fold",
        (
            f"{counted(len(training.learned), 'chip')} for training; learning rate "
            f"{training.rate:g}, {counted(training.n_epochs, 'epoch')} ({training.why})"
        ),
        (
            "AdamW, weight decay 0.01, gradients clipped at norm 1, constant learning rate after a "
            "warm-up of 10 %"
        ),
        "the trainable layers, and the decoder",
    ]
    if training.inner.folds:
        made.append(
            "Bocage's final training holds no chip out for validation, so there is no validation "
            "here. The inner folds on which it tunes are in splits: to tune on them here, add "
            "--trainer.limit_val_batches 1.0 --data.init_args.train_split "
            "splits/inner1-train.txt --data.init_args.val_split splits/inner1-val.txt"
        )
    else:
        made.append("no chip is held out for validation, so there is no validation")
    return made


def differences(method: Method, feed: Feed, training: NetworkTraining) -> list[str]:
    """List what TerraTorch does in another way than Bocage, or can't do."""
    n, n_dark = len(training.learned), len(training.rows) - len(training.learned)
    turns = (
        "each chip is rotated or mirrored"
        if feed.size[0] == feed.size[1]
        else "each chip is only mirrored"
    )
    made = [
        (
            "Bocage keeps an exponential moving average of the weights (decay 0.95 per step), "
            "with batch normalisation statistics recomputed for it; here the weights are those "
            "of the last step"
        ),
        (
            "Bocage applies one of the eight rotations and reflections to a whole batch; here "
            f"{turns}, independently of the others"
        ),
        (
            "Bocage divides the loss of a batch by its labelled pixels, TerraTorch by the sum of "
            "their weights"
        ),
    ]
    if n_dark:
        made.append(
            f"chips without a label in the budget ({n_dark}) are left out, because TerraTorch's "
            "loss is undefined for a batch without labels; Bocage uses them for its "
            "standardisation and batch normalisation"
        )
    size = batch_size(n, BATCH)
    if n % size:
        made.append(
            f"the sizes of Bocage's batches differ by at most one chip; here batches hold {size}, "
            f"and the last one {n % size}"
        )
    if isinstance(method, PretrainedMethod):
        made += _of_head(method) + _of_network(method, feed)
    elif isinstance(method, ChipNetMethod):
        made.append("training starts from different random weights")
    return made


def _of_head(method: PretrainedMethod) -> list[str]:
    if head_of(method) != "linear":
        return []
    if method.training == "scratch":
        return ["the linear head starts from different random weights"]
    how = "fits its linear head" if method.training == "linear" else "starts from a linear head"
    made = [
        (
            f"Bocage {how} on standardised features of the frozen network (logistic regression); "
            "here the head starts from random weights, on features that are not standardised"
        )
    ]
    if method.training == "linear":
        made.append("Bocage's head is not trained by gradient steps; here it is trained with AdamW")
    return made


def _of_network(method: PretrainedMethod, feed: Feed) -> list[str]:
    made = []
    name, file = method.model, method.backbone.file
    wiring = wiring_of(method, feed)
    if is_pretrained(method) and isinstance(file, OwnFile):
        named = f" unless backbone_{wiring.file} names a file" if wiring.file else ""
        made.append(
            f"TerraTorch downloads the weights from Hugging Face ({file.name} of {file.hub}){named}"
        )
    else:
        made.append("the random weights of the network are different")
    if method.options["place"] == "on" and (name == "clay" or "_tl" in method.backbone.registry):
        made.append(
            "TerraTorch's data module passes no coordinates and no dates: the network does not "
            "know the location of chips (as with place=off in Bocage)"
        )
    if name == "clay":
        made.append("Bocage gives Clay a pixel size of 10 m; TerraTorch always gives 1 m")
    if name in DROPPED:
        made.append(
            "TerraTorch's Satlas skips layers at random during training, frozen or not "
            f"(stochastic depth {DROPPED[name]:g}); Bocage does not"
        )
    if method.training == "lora" and not wiring.attention and method.options["placement"] == "all":
        made.append(
            "LoRA in the MLP only: torchvision's attention uses the weights of its linear layers "
            "without calling the layers, so LoRA in them would have no effect"
        )
    if any(side % wiring.multiple for side in feed.size):
        made.append(
            f"TerraTorch pads chips by reflection to a multiple of {wiring.multiple} pixels; "
            f"these are {feed.size[0]} x {feed.size[1]}"
        )
    return made


def _listed(title: str, items: list[str]) -> list[str]:
    lines = [title]
    for item in items:
        first, *rest = textwrap.wrap(item, WIDTH - 4)
        lines += [f"  - {first}", *(f"    {line}" for line in rest)]
    return lines
