"""A method as a configuration of TerraTorch."""

import math
from pathlib import Path
from typing import Any

import numpy as np

from bocage.methods._method import Method
from bocage.methods._views import Views
from bocage.methods.exports._feed import Feed, feed_of, network_of
from bocage.methods.exports._networks import model_of
from bocage.methods.exports._training import NetworkTraining, batch_size
from bocage.methods.strategies._schedule import BATCH
from bocage.tasks import Task

DECAY, CLIP, WARM_UP = 0.01, 1.0, 0.1
"""Of `bocage.methods.strategies._train`, which needs torch."""

IMAGES, MASKS, SPLITS, OUTPUT = "chips/images", "chips/masks", "splits", "output"
"""Folders beside the configuration."""


def terratorch_config(
    method: Method,
    views: Views,
    training: NetworkTraining,
    *,
    feed: Feed | None = None,
    weights: Path | None = None,
) -> dict[str, Any]:
    """Write a method as a configuration for ``terratorch fit``.

    Parameters
    ----------
    method : Method
        A pretrained network or one from scratch.
    views : Views
        Of a segmentation of chips.
    training : NetworkTraining
    feed : Feed, optional
        What `feed_of` gave; made anew unless given.
    weights : Path, optional
        A file of pretrained weights; TerraTorch fetches them itself unless given.

    Returns
    -------
    dict
        Mappings, lists, texts and numbers; paths are relative to the folder of `write_terratorch`.

    Raises
    ------
    BocageError
        If TerraTorch can't express the method, or the method can't read the task.
    """
    task = views.task
    feed = feed_of(method, views, training.rows) if feed is None else feed
    factory, arguments = model_of(network_of(method), feed, task.n_classes, weights)
    frozen = method.training in {"linear", "decoder"}
    return {
        "seed_everything": training.seed,
        "trainer": _trainer(training),
        "data": {
            "class_path": "terratorch.datamodules.GenericNonGeoSegmentationDataModule",
            "init_args": _data(feed, task, training),
        },
        "model": {
            "class_path": "terratorch.tasks.SemanticSegmentationTask",
            "init_args": {
                "model_factory": factory,
                "model_args": arguments,
                "freeze_backbone": frozen,
                "loss": "ce",
                "class_weights": class_weights(task, training),
                "ignore_index": -1,
                **_optimiser(training),
                "class_names": list(task.classes),
                "plot_on_val": False,
            },
        },
    }


def class_weights(task: Task, training: NetworkTraining) -> list[float]:
    """Return weights that make every class count the same; 0 for one without a label."""
    seen = task.masks if training.masks is None else training.masks
    assert seen is not None  # noqa: S101 - asked by `feed_of`
    masks = seen[training.learned]
    number = np.bincount(masks[masks >= 0].ravel(), minlength=task.n_classes)
    known = number > 0
    weight = np.zeros(task.n_classes)
    weight[known] = number.sum() / (known.sum() * number[known])
    return [float(value) for value in weight]


def warm_up(training: NetworkTraining) -> int:
    """Return the steps in which the learning rate rises."""
    n = len(training.learned)
    return max(1, round(WARM_UP * training.n_epochs * math.ceil(n / BATCH)))


def _trainer(training: NetworkTraining) -> dict[str, Any]:
    return {
        "accelerator": "auto",
        "devices": 1,
        "max_epochs": training.n_epochs,
        "gradient_clip_val": CLIP,
        "deterministic": "warn",
        "log_every_n_steps": 1,
        "limit_val_batches": 0,
        "num_sanity_val_steps": 0,
        "default_root_dir": OUTPUT,
        "logger": {
            "class_path": "lightning.pytorch.loggers.CSVLogger",
            "init_args": {"save_dir": OUTPUT, "name": "logs"},
        },
        "callbacks": [
            {
                "class_path": "lightning.pytorch.callbacks.ModelCheckpoint",
                "init_args": {
                    "dirpath": f"{OUTPUT}/checkpoints",
                    "filename": "last",
                    # A second training replaces the first, so that the last one is tested.
                    "enable_version_counter": False,
                },
            }
        ],
    }


def _optimiser(training: NetworkTraining) -> dict[str, Any]:
    made: dict[str, Any] = {
        "lr": training.rate,
        "optimizer": "AdamW",
        "optimizer_hparams": {"weight_decay": DECAY},
    }
    warm = warm_up(training)
    if warm > 1:
        made["scheduler"] = "LinearLR"
        made["scheduler_hparams"] = {
            "start_factor": 1 / warm,
            "end_factor": 1.0,
            "total_iters": warm - 1,
            "interval": "step",
        }
    return made


def _data(feed: Feed, task: Task, training: NetworkTraining) -> dict[str, Any]:
    files: dict[str, str] = {}
    for name, split in (
        ("train", "train"),
        ("val", "train"),
        ("test", f"test-{next(iter(training.tests))}"),
    ):
        files |= {
            f"{name}_data_root": IMAGES,
            f"{name}_label_data_root": MASKS,
            f"{name}_split": f"{SPLITS}/{split}.txt",
        }
    made: dict[str, Any] = {
        "batch_size": batch_size(len(training.learned), BATCH),
        "num_workers": 0,
        "num_classes": task.n_classes,
        **files,
        "img_grep": "*.tif",
        "label_grep": "*.tif",
        "ignore_split_file_extensions": True,
        "allow_substring_split_file": False,
        "dataset_bands": list(feed.bands),
        "output_bands": list(feed.bands),
        "means": list(feed.means),
        "stds": list(feed.spreads),
        "no_label_replace": -1,
        "drop_last": False,
        "check_stackability": False,
        "train_transform": _turns(feed),
    }
    if feed.dates > 1:
        made["expand_temporal_dimension"] = True
    return made


def _turns(feed: Feed) -> list[dict[str, Any]]:
    """Turn and mirror chips: the eight positions of a square, or the four of a rectangle."""
    is_square = feed.size[0] == feed.size[1]
    names = ["D4"] if is_square else ["HorizontalFlip", "VerticalFlip"]
    turns: list[dict[str, Any]] = [{"class_path": f"albumentations.{name}"} for name in names]
    turns.append({"class_path": "albumentations.pytorch.ToTensorV2"})
    if feed.dates == 1:
        return turns
    place = "terratorch.datasets.transforms"
    flat = {"class_path": f"{place}.FlattenTemporalIntoChannels"}
    tall = {
        "class_path": f"{place}.UnflattenTemporalFromChannels",
        "init_args": {"n_timesteps": feed.dates},
    }
    return [flat, *turns, tall]
