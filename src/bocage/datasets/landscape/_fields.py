"""Smooth random fields and seeded random numbers, the same on every machine."""

from dataclasses import dataclass

import numpy as np

from bocage.core import Floats


def generator(*key: int) -> np.random.Generator:
    """Make an independent stream of random numbers for each key."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(key)))


def rotation(rng: np.random.Generator, size: int) -> Floats:
    """Draw a rotation (or reflection) evenly: QR of a normal matrix, signs fixed.

    Notes
    -----
    F. Mezzadri, "How to generate random matrices from the classical compact groups", Notices of
    the AMS 54 (2007): without the signs the draw is uneven and differs between LAPACK builds.
    """
    q, r = np.linalg.qr(rng.standard_normal((size, size)))
    return np.asarray(q * np.sign(np.diag(r)))


@dataclass(frozen=True, slots=True)
class Waves:
    """Random cosine waves whose weighted sums are smooth random fields of the plane.

    Attributes
    ----------
    frequency : ndarray of float64, shape (2, w)
        Radians per metre.
    phase : ndarray of float64, shape (w,)
    """

    frequency: Floats
    phase: Floats

    def __call__(self, xy: Floats) -> Floats:
        """Evaluate the waves at places in metres, shape (n, w); each has variance 1."""
        return np.asarray(np.sqrt(2) * np.cos(xy @ self.frequency + self.phase))


def waves(rng: np.random.Generator, length: float, count: int) -> Waves:
    """Draw waves for fields whose covariance is exp(-distance / length).

    Notes
    -----
    The exponential covariance has a bivariate Cauchy spectrum (Rahimi & Recht 2007, random
    Fourier features): normal directions divided by the size of a third normal number.
    """
    heavy = np.abs(rng.standard_normal(count))
    frequency = rng.standard_normal((2, count)) / (length * np.maximum(heavy, 0.02))
    return Waves(frequency, rng.uniform(0, 2 * np.pi, count))


def weights(rng: np.random.Generator, count: int, fields: int) -> Floats:
    """Draw wave weights of independent fields with variance 1, shape (count, fields)."""
    drawn = rng.standard_normal((count, fields))
    return np.asarray(drawn / np.linalg.norm(drawn, axis=0))
