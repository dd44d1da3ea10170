"""How much does it save to run a frozen encoder once?  Bocage beside TerraTorch's own fit.

    python benchmarks/frozen_sweep.py [--repeats 5] [--epochs 10] [--backbone prithvi-100]

A sweep of five budgets, some repeats and two heads (linear, U-Net decoder) on synthetic chips of
64 x 64 pixels: discs in noise. The encoder is frozen and has random weights; how long it takes
does not depend on them. Both see the same chips, the same bands in the same scale, the same number
of epochs and batches, one thread each. TerraTorch trains every cell with Lightning and runs the
encoder in every step, as it does for its users; Bocage runs it once for all cells, and that time
is part of its sum. A linear head of Bocage is a logistic regression on drawn pixels, which needs no
epochs. Scores are mean IoU of the same test chips.

Then: seconds an epoch of LoRA in the last two of twelve blocks with what enters them read from
disk, over the same training that runs all blocks; the head is linear.
"""

import argparse
import logging
import tempfile
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from bocage.core import Input
from bocage.methods import Effort, PretrainedMethod, Recipe, Views, parse_method
from bocage.metrics import chip_confusion, mean_iou
from bocage.tasks import Samples, Task, build_task

SIDE, N_TRAIN, N_TEST = 64, 48, 16
BUDGETS = (4, 8, 16, 32, 48)
BANDS = ("B2", "B3", "B4", "B8A", "B11", "B12")
RATE = {"linear": 1e-2, "unet": 1e-3}
Rows = NDArray[np.int64]


@dataclass
class Took:
    """Seconds and scores of the cells of one head."""

    seconds: float = 0.0
    scores: tuple[float, ...] = ()

    def add(self, seconds: float, score: float) -> None:
        self.seconds += seconds
        self.scores = (*self.scores, score)


def synthetic_task() -> Task:
    """Discs of one class in another, seen through noise in six bands."""
    rng = np.random.default_rng(0)
    n = N_TRAIN + N_TEST
    row, column = np.mgrid[:SIDE, :SIDE]
    centre, radius = rng.uniform(16, SIDE - 16, (n, 2, 1, 1)), rng.uniform(8, 24, (n, 1, 1))
    masks = (np.hypot(row - centre[:, 0], column - centre[:, 1]) < radius).astype(np.int16)
    contrast = np.array([300, -200, 250, -600, 0, 400])[:, None, None]
    values = 1800 + contrast * masks[:, None] + rng.normal(0, 500, (n, 6, SIDE, SIDE))
    item = Input("s2", np.clip(values, 0, 9000).astype(np.float32), BANDS, "reflectance x 10000")
    places = np.column_stack([np.linspace(0, 10, n), np.zeros(n)])
    return build_task(
        Samples(
            "discs", "segmentation", np.zeros(n), places, {"s2": item}, masks=masks,
            classes=("around", "disc"), pixel_metres=10.0, synthetic=True,
        )
    )  # fmt: skip


def masks_of(task: Task) -> NDArray[np.int16]:
    return task.masks if task.masks is not None else np.zeros((0, 1, 1), dtype=np.int16)


def score(task: Task, made: NDArray[np.int64], tests: Rows) -> float:
    return float(mean_iou(chip_confusion(masks_of(task)[tests], made, 2).sum(axis=0)))


def ours(views: Views, backbone: str, head: str, epochs: int) -> Callable[[Rows, Rows], Any]:
    text = {
        "linear": "linear:C=0.1,weights=random",
        "unet": f"decoder:lr={RATE[head]},weights=random",
    }
    method = parse_method(f"s2:{backbone}:{text[head]}")
    recipe = Recipe(epochs, 1, augment=False)
    method.prepare(views, recipe)

    def fit(rows: Rows, tests: Rows) -> NDArray[np.int64]:
        fitted = method.fit(views, rows, None, Effort(1, recipe, 0))
        return np.asarray(fitted.learner.predict_masks(tests))

    return fit


def theirs(views: Views, backbone: str, head: str, epochs: int) -> Callable[[Rows, Rows], Any]:
    import torch
    from lightning.pytorch import Trainer, seed_everything
    from terratorch.tasks import SemanticSegmentationTask
    from torch.utils.data import DataLoader

    from bocage.methods import BACKBONES, Encoded
    from bocage.methods.chips._decoders import UNET_CHANNELS

    # The same numbers go in: bands, order and scale are those of our own arrays.
    x = torch.from_numpy(views.frozen(Encoded("s2", backbone, "random")).arrays["x"])
    y = torch.from_numpy(masks_of(views.task).astype(np.int64))
    n_blocks = BACKBONES[backbone].n_blocks
    depths = [-1] if head == "linear" else [n_blocks * k // 4 - 1 for k in (1, 2, 3, 4)]
    necks = [
        {"name": "SelectIndices", "indices": depths},
        {"name": "ReshapeTokensToImage"},
    ]
    decoder: dict[str, Any] = {"decoder": "IdentityDecoder"}
    if head == "unet":
        necks += [{"name": "LearnedInterpolateToPyramidal"}]
        decoder = {"decoder": "UNetDecoder", "decoder_channels": list(UNET_CHANNELS)}
    names = ["BLUE", "GREEN", "RED", "NIR_NARROW", "SWIR_1", "SWIR_2"]

    def fit(rows: Rows, tests: Rows) -> NDArray[np.int64]:
        seed_everything(0, verbose=False)
        share = np.bincount(y[rows].ravel().numpy()) / y[rows].numel()
        task = SemanticSegmentationTask(
            model_factory="EncoderDecoderFactory",
            model_args={
                "backbone": BACKBONES[backbone].registry.removeprefix("terratorch_"),
                "backbone_pretrained": False,
                "backbone_bands": names,
                "backbone_num_frames": 1,
                "necks": necks,
                "num_classes": 2,
                **decoder,
            },
            loss="ce",
            ignore_index=-1,
            class_weights=(1 / (len(share) * share)).tolist(),
            lr=RATE[head],
            optimizer="AdamW",
            freeze_backbone=True,
            plot_on_val=False,
        )
        data = [{"image": x[i], "mask": y[i]} for i in rows.tolist()]
        trainer = Trainer(
            max_epochs=epochs, accelerator="cpu", logger=False, enable_checkpointing=False,
            enable_progress_bar=False, enable_model_summary=False, num_sanity_val_steps=0,
        )  # fmt: skip
        trainer.fit(task, DataLoader(data, batch_size=16, shuffle=True))
        task.eval()
        with torch.no_grad():
            made = [task.model(x[i : i + 1]).output.argmax(1) for i in tests.tolist()]
        return np.asarray(torch.cat(made).numpy())

    return fit


def sweep(backbone: str, repeats: int, epochs: int) -> None:
    task = synthetic_task()
    views = Views(task)
    train, tests = np.arange(N_TRAIN), np.arange(N_TRAIN, N_TRAIN + N_TEST)
    print(f"{backbone}, {len(BUDGETS)} budgets x {repeats} repeats, {epochs} epochs\n")
    print("| head | cells | seconds, TerraTorch | seconds, Bocage | ratio | mIoU, TerraTorch "
          "| mIoU, Bocage |\n|---|---:|---:|---:|---:|---:|---:|")  # fmt: skip
    for head in ("linear", "unet"):
        began = time.perf_counter()
        mine = ours(views, backbone, head, epochs)
        own, other = Took(seconds=time.perf_counter() - began), Took()
        fit_other = theirs(views, backbone, head, epochs)
        for repeat in range(repeats):
            luck = np.random.default_rng(repeat).permutation(train)
            for budget in BUDGETS:
                rows = np.sort(luck[:budget])
                for took, fit in ((own, mine), (other, fit_other)):
                    began = time.perf_counter()
                    made = fit(rows, tests)
                    took.add(time.perf_counter() - began, score(task, made, tests))
        print(
            f"| {head} | {len(own.scores)} | {other.seconds:.1f} | {own.seconds:.1f} | "
            f"{other.seconds / own.seconds:.1f} | {np.mean(other.scores):.3f} | "
            f"{np.mean(own.scores):.3f} |",
            flush=True,
        )


def lora(backbone: str, epochs: int) -> None:
    """Time an epoch with and without what is read from disk."""
    from bocage.methods.strategies._train import train
    from bocage.methods.strategies._wiring import seeded

    views = Views(synthetic_task())
    rows = np.arange(N_TRAIN)
    wiring = (("last", 2), ("weights", "random"))
    method = PretrainedMethod(("s2",), backbone, wiring, "lora")
    method.prepare(views, Recipe(1, 1, augment=False))
    lesson = method.lesson(views)
    seconds = {True: 0.0, False: 0.0}
    for cached in (True, False, True, False):
        with seeded(0):
            network, true = lesson.network(rows)
        network.cached = cached
        began = time.perf_counter()
        train(
            network,
            rows,
            true,
            lesson.loss(rows),
            rate=RATE["unet"],
            n_epochs=epochs,
            seed=0,
            turns=1,
        )
        seconds[cached] += (time.perf_counter() - began) / 2 / epochs
    print(
        f"\nLoRA in the last two of {network.frozen.backbone.n_blocks} blocks, seconds an epoch: "
        f"{seconds[False]:.2f} through all blocks, {seconds[True]:.2f} from disk, ratio "
        f"{seconds[False] / seconds[True]:.1f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--epochs", type=int, default=40)
    parser.add_argument("--backbone", default="prithvi-100")
    given = parser.parse_args()
    warnings.showwarning = lambda *_, **__: None
    logging.disable(logging.WARNING)
    import os

    import terratorch  # noqa: F401 - both need it: its import is nobody's time
    import torch

    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder, threadpool_limits(1):
        os.environ["BOCAGE_CACHE"] = str(Path(folder))
        sweep(given.backbone, given.repeats, given.epochs)
        lora(given.backbone, min(given.epochs, 3))


if __name__ == "__main__":
    main()
