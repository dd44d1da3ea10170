"""Random numbers that depend on names and nothing else."""

import hashlib
import json
from collections.abc import Sequence

import numpy as np

from bocage.core import Floats

N_RESAMPLES = 4000
"""As many as leave a one-sided 95 % bound within a fiftieth of its distance under another seed."""

_KEY = "bocage resample 1"


def generator(name: str, seed: int) -> np.random.Generator:
    """Seed a generator by a name."""
    text = json.dumps([_KEY, seed, name]).encode()
    number = int.from_bytes(hashlib.blake2b(text, digest_size=16).digest(), "little")
    return np.random.Generator(np.random.PCG64(number))


def exponential_weights(names: Sequence[str], n: int = N_RESAMPLES, seed: int = 0) -> Floats:
    """Draw the weights of a Bayesian bootstrap: Exp(1), each from the name of its unit alone.

    Scaled to sum one they are a flat Dirichlet (Rubin 1981, Annals of Statistics 9:130,
    10.1214/aos/1176345338). All are positive, so that no class and no place ever vanishes. As
    they depend on names, whatever is resampled with the same units comes out paired.

    Parameters
    ----------
    names : sequence of str, length U
    n : int
        Number of resamples.
    seed : int

    Returns
    -------
    ndarray of float64, shape (n, U)
    """
    out = np.empty((n, len(names)))
    for at, name in enumerate(names):
        # The inverse of the distribution, not numpy's own sampler, whose stream may change.
        out[:, at] = -np.log1p(-generator(name, seed).random(n))
    return out


def normal_weights(names: Sequence[str], n: int = N_RESAMPLES, seed: int = 0) -> Floats:
    """Draw standard normal deviates, each from the name of its unit alone, shape (n, U)."""
    from scipy.special import ndtri

    out = np.empty((n, len(names)))
    for at, name in enumerate(names):
        # A draw of exactly 0 has no quantile.
        out[:, at] = ndtri(np.clip(generator(name, seed).random(n), 1e-15, None))
    return out


def student_scale(n: int, df: float, seed: int = 0) -> Floats:
    """Give what turns normal into Student deviations: roots of df / chi^2_df, shape (n,).

    Evenly spread over their distribution, in random order. One factor for all that is resampled
    keeps what is dependent dependent (a multivariate t).
    """
    from scipy.special import gammaincinv

    luck = generator("student", seed).random(n)
    even = (np.argsort(luck) + 0.5) / n
    return np.asarray(np.sqrt(df / (2.0 * gammaincinv(df / 2.0, even))), np.float64)
