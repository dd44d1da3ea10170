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
from bocage.methods.exports._training import Training, batch_size
from bocage.methods.exports._wirings import head_of, wiring_of
from bocage.methods.strategies._recipe import BATCH

WIDTH = 96
DROPPED = {"satlas-tiny": 0.2, "satlas-base": 0.5}
"""Stochastic depth that TerraTorch's Satlas can't be built without."""


def header(method: Method, feed: Feed, training: Training, title: str) -> str:
    """Write the comment above a configuration: what it is, how to run it, what differs."""
    lines = [
        *textwrap.wrap(f"{title}: {method.name}, written by Bocage for TerraTorch.", WIDTH),
        "",
        "Run in this folder:",
        "  terratorch fit -c config.yaml",
        f"  terratorch test -c config.yaml --ckpt_path {OUTPUT}/checkpoints/last.ckpt",
        "",
        *_listed("The same as in Bocage:", same(feed, training)),
        "",
        *_listed("Not the same:", differences(method, feed, training)),
    ]
    return "".join(f"# {line}".rstrip() + "\n" for line in lines)


def same(feed: Feed, training: Training) -> list[str]:
    """List what TerraTorch does as Bocage does."""
    made = [
        "chips, band by band: (value - mean) / std gives the numbers that Bocage's network sees"
    ]
    if feed.tops:
        tops = ", ".join(f"{band} {top:g}" for band, top in feed.tops.items())
        made.append(
            f"values above {tops} were cut before the chips were written, as TerraTorch can't; "
            "cut other chips too before they are mapped"
        )
    made += [
        "labels: -1 is none; classes weigh the same; the test chips are those of the fold",
        (
            f"{counted(len(training.learned), 'chip')} to learn from; "
            f"learning rate {training.rate:g}, {counted(training.n_epochs, 'epoch')} "
            f"({training.why})"
        ),
        "AdamW, decay 0.01, gradients clipped at 1, rate constant after a warm-up of 10 %",
        "the layers that learn, and the decoder",
    ]
    if training.inner.folds:
        made.append(
            "Bocage keeps no chip back in its last training, so nothing is validated here. The "
            "inner folds that it chooses on are in splits: to choose here, add "
            "--trainer.limit_val_batches 1.0 --data.init_args.train_split splits/inner1-train.txt "
            "--data.init_args.val_split splits/inner1-val.txt"
        )
    else:
        made.append("no chip is kept back for validation, so nothing is validated")
    return made


def differences(method: Method, feed: Feed, training: Training) -> list[str]:
    """List what TerraTorch does in another way than Bocage, or can't do."""
    n, n_dark = len(training.learned), len(training.rows) - len(training.learned)
    turns = "each chip is turned" if feed.size[0] == feed.size[1] else "each chip is mirrored only"
    made = [
        (
            "Bocage's network holds a running average of its weights (0.95 of it stays at each "
            "step), with batch normalisation measured anew; here the weights are those of the last "
            "step"
        ),
        f"Bocage turns or mirrors a whole batch one of eight ways; here {turns}, one by one",
        (
            "Bocage divides the loss of a batch by its labelled pixels, TerraTorch by the sum of "
            "their weights"
        ),
    ]
    if n_dark:
        made.append(
            f"chips of which the budget shows no label ({n_dark}) are left out, for TerraTorch has "
            "no loss for a batch without; Bocage's scales and batch normalisation see them"
        )
    size = batch_size(n, BATCH)
    if n % size:
        made.append(
            f"Bocage's batches differ by one chip at most; here they hold {size}, and the last "
            f"{n % size}"
        )
    if isinstance(method, PretrainedMethod):
        made += _of_head(method) + _of_network(method, feed)
    elif isinstance(method, ChipNetMethod):
        made.append("the random weights that it starts from are others")
    return made


def _of_head(method: PretrainedMethod) -> list[str]:
    if head_of(method) != "linear":
        return []
    if method.training == "scratch":
        return ["the linear head starts from other random weights"]
    how = "fits its linear head" if method.training == "linear" else "starts from a linear head"
    made = [
        (
            f"Bocage {how} on standardised features of the frozen network (logistic regression); "
            "here the head starts at random, on features as they are"
        )
    ]
    if method.training == "linear":
        made.append("Bocage's head takes no steps; here it learns by AdamW")
    return made


def _of_network(method: PretrainedMethod, feed: Feed) -> list[str]:
    made = []
    name, file = method.model, method.backbone.file
    wiring = wiring_of(method, feed)
    if is_pretrained(method) and isinstance(file, OwnFile):
        named = f" unless backbone_{wiring.file} names a file" if wiring.file else ""
        made.append(
            f"TerraTorch fetches the weights from Hugging Face ({file.name} of {file.hub}){named}"
        )
    else:
        made.append("the random weights of the network are others")
    if method.options["place"] == "on" and (name == "clay" or "_tl" in method.backbone.registry):
        made.append(
            "TerraTorch's data module hands over no coordinates and no dates: the network does not "
            "know where chips lie (as place=off in Bocage)"
        )
    if name == "clay":
        made.append("Bocage tells Clay that pixels are 10 m wide; TerraTorch always says 1 m")
    if name in DROPPED:
        made.append(
            f"TerraTorch's Satlas leaves out layers at random while it learns, frozen or not "
            f"(stochastic depth {DROPPED[name]:g}); Bocage does not"
        )
    if method.training == "lora" and not wiring.attention and method.options["placement"] == "all":
        made.append(
            "LoRA in the MLP alone: torchvision's attention layers read their weights without "
            "being called, and LoRA there would learn nothing"
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
