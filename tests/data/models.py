"""Small fitted models of every kind, on made-up embeddings."""

import numpy as np

from bocage.methods import HEADS, Head
from bocage.models import Applicability, MapModel, Training, training_prior
from bocage.sources import AEF_CODING

KINDS = [(name, kind) for name, spec in HEADS.items() for kind in spec.grid]


def stored_embeddings(n, seed=0, d=64):
    """Bytes of vectors of length 1, shape (d, n)."""
    rng = np.random.default_rng(seed)
    vectors = rng.normal(size=(4, d))[rng.integers(0, 4, n)] + rng.normal(0, 0.8, (n, d))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.rint(127.5 * np.sign(vectors) * np.sqrt(np.abs(vectors))).astype(np.int8).T


def make_model(name="logistic", kind="classification", *, n_bands=64, classes=3, scale=False):
    """A model on AlphaEarth's bands; the last class is never seen where there are four."""
    X = AEF_CODING.decode(stored_embeddings(150, d=64)).T[:, :n_bands]
    rng = np.random.default_rng(1)
    score = X[:, 0] + X[:, 1] + 0.02 * rng.normal(size=150)
    y = score * 10 if kind == "regression" else np.digitize(score, [-0.1, 0.1])
    if classes == 2 and kind == "classification":
        y = (y > 0).astype(int)
    flags = np.full(n_bands, fill_value=scale)
    params = {"n_estimators": 12} if name in {"forest", "xgboost", "lightgbm"} else {}
    head = Head(name, kind, params, classes if kind == "classification" else 0, flags, 7).fit(X, y)
    if kind == "classification":
        # Every export has to carry the temperature, and the noise below.
        head.heat(1.7)
    counts = np.bincount(y, minlength=classes) if kind == "classification" else np.array([150])
    is_classes = kind == "classification"
    return MapModel(
        head=head,
        bands=tuple(f"A{band:02d}" for band in range(n_bands)),
        coding=AEF_CODING,
        target="cover",
        training=Training(
            tuple(counts.tolist()), "district", ("north", "été"), "aef:logistic", "abc",
            "balanced_accuracy", "out", "all labels", 0.8, 0.7, 0.9, True, 5,
        ),
        classes=("crop", 'old "tree"', "water", "ice")[:classes] if is_classes else (),
        unit="" if is_classes else "t/ha",
        product="AlphaEarth Foundations Satellite Embedding",
        version="v1",
        years=(2023, 2024),
        prior=tuple(training_prior(name, counts).tolist()) if is_classes else (),
        noise=0.06 if is_classes else 0.0,
        applicability=Applicability.fit(X, np.arange(150) % 5),
        licence="CC-BY-4.0",
        attribution="produced by somebody",
    )  # fmt: skip
