"""One thin layer around every estimator: scaling, class weights, all classes in the output."""

import warnings
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.exceptions import NotFittedError

from bocage.core import BocageError, DataError, find_kind, rows_of, table_names
from bocage.methods._temperature import Temperature, logarithms
from bocage.methods.heads import HEADS, HeadSpec

AT_ONCE = 2**23
"""Numbers whose mean and spread are worked out at once: they are copied for it."""


class Head(BaseEstimator):
    """A floor or shallow head with scikit-learn's manners.

    It standardises the bands that ask for it, balances classes where the estimator can, and gives
    probabilities for all classes of the task, also those that it never saw.

    Parameters
    ----------
    model : str
        A name in `bocage.methods.HEADS`.
    kind : {"classification", "regression"}
    params : dict, optional
        Parameters of the estimator.
    n_classes : int
        Classes of the task; targets are codes 0 to ``n_classes - 1``.
    standardise : ndarray of bool, shape (n_bands,), optional
        Bands to bring to zero mean and unit variance; all if not given.
    seed : int

    Attributes
    ----------
    estimator_ : object
        The fitted estimator.
    classes_ : ndarray of int64
        Codes seen in training.
    temperature_ : Temperature
        Of the probabilities; 1 until `heat` is called.
    n_features_in_ : int
        Bands that it learned from.
    feature_names_in_ : ndarray of str
        Their names, where it learned from a table: columns of other tables are then taken by name,
        in any order and with others among them, and arrays by position.
    """

    _columns: NDArray[np.intp] | None

    def __init__(
        self,
        model: str = "logistic",
        kind: str = "classification",
        params: dict[str, Any] | None = None,
        n_classes: int = 2,
        standardise: NDArray[np.bool_] | None = None,
        seed: int = 0,
    ) -> None:
        self.model = model
        self.kind = kind
        self.params = params
        self.n_classes = n_classes
        self.standardise = standardise
        self.seed = seed

    @property
    def has_classes(self) -> bool:
        """Whether it tells classes apart; else it predicts values."""
        return find_kind(self.kind).has_classes

    @property
    def spec(self) -> HeadSpec:
        """All that is known of its model."""
        return HEADS[self.model]

    @property
    def linear_form(self) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
        """Weights and constants of a linear head, before the temperature; None of any other.

        Weights, shape (n_scores, n_bands), are those of standardised bands; constants have shape
        (n_scores,). Logistic regression has one score for two classes, as scikit-learn has it;
        others have one a class that was seen, or that of a regression.
        """
        form = self.spec.linear.get(self.kind)
        return None if form is None else form(self.estimator_)

    def fit(self, X: Any, y: NDArray[Any]) -> Self:
        """Learn from labels.

        Parameters
        ----------
        X : ndarray of float64, shape (n_samples, n_bands), or a table
        y : ndarray, shape (n_samples,)
            Codes or values.

        Raises
        ------
        DataError
            If there are fewer samples than the model needs.
        """
        spec = self.spec
        names = table_names(X)
        X = rows_of(X, names, None, "the head")
        self.n_features_in_ = X.shape[1]
        if names:
            self.feature_names_in_ = np.array(names, dtype=object)
        elif hasattr(self, "feature_names_in_"):
            # Of a former fit.
            del self.feature_names_in_
        if len(X) != len(y) or not len(X):
            raise DataError(
                f"{len(X)} rows of features but {len(y)} labels; expected equal numbers, at least 1"
            )
        self._learn_scale(X, rescales=spec.rescales)
        X = self._scale(X)
        params = dict(self.params or {})
        if spec.check is not None:
            spec.check(y, params)
        if spec.weighting == "class_weight" and self.has_classes:
            params["class_weight"] = "balanced"
        estimator = self._ask(spec.build, find_kind(self.kind), params, self.seed)
        self.warnings_: tuple[str, ...] = ()
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            targets, weights = y, {}
            if self.has_classes:
                # XGBoost wants codes without gaps.
                self.classes_, targets = np.unique(y, return_inverse=True)
                if spec.weighting == "sample_weight":
                    count = np.bincount(targets)
                    weight = len(targets) / (len(count) * count)
                    weights["sample_weight"] = weight[targets]
            self._ask(estimator.fit, X, targets, **weights)
        self.warnings_ = tuple(sorted({type(item.message).__name__ for item in caught}))
        self.estimator_ = estimator
        self.heat(1.0)
        return self

    def heat(self, value: float) -> None:
        """Set the temperature of the probabilities; 1 gives the estimator's own."""
        self.temperature_ = Temperature(value, self.spec.least)

    def predict_proba(self, X: Any, *, raw: bool = False) -> NDArray[np.float64]:
        """Return probabilities of all classes of the task, shape (n_samples, n_classes).

        Parameters
        ----------
        X : ndarray of float64, shape (n_samples, n_bands), or a table
            See `feature_names_in_`.
        raw : bool
            As the estimator gives them, without the temperature.

        Raises
        ------
        DataError
            If a table lacks a column, or an array has another width.
        NotFittedError
            Before `fit`.
        """
        found = self._seen_proba(X)
        return self._spread_out(found if raw else self.temperature_(found), 0.0)

    def calibrated(self, proba: NDArray[np.float64]) -> NDArray[np.float64]:
        """Put raw probabilities of all classes under the temperature."""
        return self._spread_out(self.temperature_(proba[:, self.classes_]), 0.0)

    def log_proba(self, X: Any) -> NDArray[np.float64]:
        """Return logarithms of probabilities without the temperature, as it takes them.

        Minus infinity for classes that were never seen; shape (n_samples, n_classes).
        """
        return self._spread_out(logarithms(self._seen_proba(X), self.temperature_.least), -np.inf)

    def _rows(self, X: Any) -> NDArray[np.float64]:
        if not hasattr(self, "estimator_"):
            raise NotFittedError("this Head has learned nothing yet; call fit first")
        names = tuple(getattr(self, "feature_names_in_", ()))
        return rows_of(X, names, self.n_features_in_, "the head")

    def _seen_proba(self, X: Any) -> NDArray[np.float64]:
        """Return probabilities of the classes that were seen."""
        X = self._rows(X)
        if len(self.classes_) == 1:
            # Libraries disagree about what a single class is: there is nothing to ask them.
            return np.ones((len(X), 1))
        found = np.asarray(self._quiet(self.estimator_.predict_proba, self._scale(X)), np.float64)
        if self.balance is None:
            return found
        found = found * self.balance
        return np.asarray(found / found.sum(axis=1, keepdims=True))

    @property
    def balance(self) -> NDArray[np.float64] | None:
        """What votes for each class that was seen count; None where fitting balanced them."""
        if self.spec.weighting != "votes" or not self.has_classes:
            return None
        # Neighbours of a frequent class are many wherever one looks.
        return np.asarray(1.0 / np.bincount(self.estimator_._y))  # noqa: SLF001 - its labels

    def _spread_out(self, seen: NDArray[np.float64], other: float) -> NDArray[np.float64]:
        if seen.shape[1] == self.n_classes:
            return seen
        full = np.full((len(seen), self.n_classes), other)
        full[:, self.classes_] = seen
        return full

    def predict(self, X: Any) -> NDArray[Any]:
        """Return codes of the most probable class, or values; shape (n_samples,)."""
        if self.has_classes:
            return np.asarray(self.predict_proba(X, raw=True).argmax(axis=1))
        found = self._quiet(self.estimator_.predict, self._scale(self._rows(X)))
        return np.asarray(found, dtype=np.float64)

    def linear_scores(self, X: Any) -> NDArray[np.float64] | None:
        """Return what a linear classifier puts through its link, shape (n_samples, n_classes).

        A class that was never seen has minus infinity; None where the model is not linear.
        """
        if not self.spec.has_logits:
            return None
        X = self._rows(X)
        found = np.asarray(self.estimator_.decision_function(self._scale(X)))
        if found.ndim == 1:
            found = np.stack([np.zeros(len(found)), found], axis=1)
        full = np.full((len(X), self.n_classes), -np.inf)
        full[:, self.classes_] = found
        return full

    @property
    def scaling(self) -> tuple[NDArray[np.intp], NDArray[np.float64], NDArray[np.float64]] | None:
        """Columns that are standardised, their means and their deviations; None without any."""
        return None if self._columns is None else (self._columns, self._mean, self._spread)

    def restore(
        self,
        estimator: Any,
        classes: NDArray[np.int64] | None,
        scaling: tuple[NDArray[np.intp], NDArray[np.float64], NDArray[np.float64]] | None,
        temperature: float = 1.0,
    ) -> Self:
        """Take up what `fit` learned, from a file.

        Parameters
        ----------
        estimator : object
            Fitted.
        classes : ndarray of int64, or None
            Codes seen in training; None for regression.
        scaling : tuple or None
            As `scaling` gives it.
        temperature : float
        """
        self.estimator_, self.warnings_ = estimator, ()
        self.n_features_in_ = getattr(estimator, "n_features_in_", None)
        if classes is not None:
            self.classes_ = classes
        self._columns = None
        if scaling is not None:
            self._columns, self._mean, self._spread = scaling
        self.heat(temperature)
        return self

    def _ask(self, call: Any, *values: Any, **options: Any) -> Any:
        """Call an estimator; what fails in that of another package is an error that names it."""
        if self.model in HEADS.own:
            return call(*values, **options)
        try:
            return call(*values, **options)
        except BocageError:
            raise
        except Exception as error:  # code of others may fail in any way
            said = " ".join(f"{type(error).__name__}: {error}".split())[:200]
            raise DataError(
                f"head {self.model!r} of the package {self.spec.libraries[-1]} failed ({said}); "
                "expected an estimator that can learn from these labels: leave that method out, "
                "or update the package"
            ) from error

    def _quiet(self, call: Any, X: NDArray[np.float64]) -> NDArray[Any]:
        # LightGBM's wrapper names features by itself and then warns that arrays have none.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            return np.asarray(self._ask(call, X))

    def _learn_scale(self, X: NDArray[np.float64], *, rescales: bool) -> None:
        flags = self.standardise
        self._columns = None
        if not rescales or (flags is not None and not flags.any()):
            return
        self._columns = np.arange(X.shape[1]) if flags is None else np.flatnonzero(flags)
        # Some columns after the other where there are many rows: each is copied, twice.
        parts = np.array_split(self._columns, 1 + X.size // AT_ONCE)
        self._mean = np.concatenate([X[:, part].mean(axis=0) for part in parts])
        spread = np.concatenate([X[:, part].std(axis=0) for part in parts])
        # A band that never moves in training says nothing; dividing by zero would say anything.
        # The mean of equal values may be off by rounding, and their spread a little above zero.
        rounding = len(X) * np.finfo(np.float64).eps * np.abs(self._mean)
        self._spread = np.where(spread > rounding, spread, 1.0)

    def _scale(self, X: NDArray[np.float64]) -> NDArray[np.float64]:
        if self._columns is None:
            return X
        # Other columns keep their very values: less 0, divided by 1.
        mean, spread = np.zeros(X.shape[1]), np.ones(X.shape[1])
        mean[self._columns], spread[self._columns] = self._mean, self._spread
        scaled: NDArray[np.float64] = X - mean
        scaled /= spread
        return scaled
