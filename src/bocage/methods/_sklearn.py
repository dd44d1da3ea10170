"""Heads with the whole of scikit-learn's manners: any labels in, the same labels out."""

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from bocage.core import BocageError
from bocage.methods._head import Head
from bocage.methods.heads import HEADS


class _HeadEstimator(BaseEstimator):
    """What both have in common; `_kind` says which of the two it is."""

    _kind: str

    def __init__(
        self,
        model: str = "",
        params: dict[str, Any] | None = None,
        standardise: NDArray[np.bool_] | None = None,
        seed: int = 0,
    ) -> None:
        self.model = model
        self.params = params
        self.standardise = standardise
        self.seed = seed

    def _fit(self, X: NDArray[np.float64], y: NDArray[Any], n_classes: int) -> None:
        if self.model not in HEADS or self._kind not in HEADS[self.model].grid:
            able = [name for name, spec in HEADS.own.items() if self._kind in spec.grid]
            raise ValueError(
                f"there is no head {self.model!r} for {self._kind}; expected one of "
                f"{', '.join(able)}"
            )
        params = self.params
        if params is None:
            params = dict(HEADS[self.model].grid[self._kind][0])
        head = Head(self.model, self._kind, params, n_classes, self.standardise, self.seed)
        try:
            self.head_ = head.fit(X, y)
        except BocageError as error:
            raise ValueError(f"{error} (n_samples={len(X)})") from error

    def _rows(self, X: Any) -> NDArray[np.float64]:
        check_is_fitted(self)
        return np.asarray(
            validate_data(self, X, reset=False, dtype=np.float64, ensure_all_finite=self._finite)
        )

    @property
    def _is_floor(self) -> bool:
        """Whether nobody expects a good score."""
        return self.model in HEADS and not HEADS[self.model].needs_input

    @property
    def _finite(self) -> Any:
        takes_gaps = self.model in HEADS and HEADS[self.model].takes_gaps
        return "allow-nan" if takes_gaps else True

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = self._finite == "allow-nan"
        return tags


class HeadClassifier(ClassifierMixin, _HeadEstimator):
    """A head of `HEADS` as a classifier of scikit-learn: scaling, balance of classes, model.

    `Head` speaks of a task: codes, and probabilities of all its classes. This takes labels of any
    kind and gives them back, for pipelines, searches and cross-validation of scikit-learn.

    Parameters
    ----------
    model : str
        A name in `bocage.methods.HEADS`.
    params : dict, optional
        Parameters of the estimator; the head's published defaults unless given.
    standardise : ndarray of bool, shape (n_features,), optional
        Features to bring to zero mean and unit variance; all unless given.
    seed : int

    Attributes
    ----------
    classes_ : ndarray, shape (n_classes,)
        Labels seen in training, sorted.
    head_ : Head
        Fitted.
    n_features_in_ : int

    Raises
    ------
    ValueError
        By `fit`, if there is no such head, or the labels are too few for it.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.array([[0.0], [0.1], [0.9], [1.0]])
    >>> HeadClassifier("forest").fit(X, ["bog", "bog", "heath", "heath"]).predict([[0.05]])
    array(['bog'], dtype='<U5')
    """

    _kind = "classification"

    def __init__(
        self,
        model: str = "logistic",
        params: dict[str, Any] | None = None,
        standardise: NDArray[np.bool_] | None = None,
        seed: int = 0,
    ) -> None:
        super().__init__(model, params, standardise, seed)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.poor_score = self._is_floor
        return tags

    def fit(self, X: Any, y: Any) -> Self:
        """Learn from labels.

        Parameters
        ----------
        X : array_like or table, shape (n_samples, n_features)
        y : array_like, shape (n_samples,)
        """
        X, y = validate_data(self, X, y, dtype=np.float64, ensure_all_finite=self._finite)
        check_classification_targets(y)
        self.classes_, codes = np.unique(y, return_inverse=True)
        self._fit(X, codes, len(self.classes_))
        return self

    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """Return probabilities, shape (n_samples, n_classes), in the order of `classes_`."""
        rows = self._rows(X)
        return self.head_.predict_proba(rows)

    def predict(self, X: Any) -> NDArray[Any]:
        """Return the most probable label of each row, shape (n_samples,)."""
        rows = self._rows(X)
        return np.asarray(self.classes_[self.head_.predict(rows)])


class HeadRegressor(RegressorMixin, _HeadEstimator):
    """A head of `HEADS` as a regressor of scikit-learn; see `HeadClassifier`.

    Parameters
    ----------
    model : str
        A name in `bocage.methods.HEADS`.
    params : dict, optional
        Parameters of the estimator; the head's published defaults unless given.
    standardise : ndarray of bool, shape (n_features,), optional
        Features to bring to zero mean and unit variance; all unless given.
    seed : int

    Attributes
    ----------
    head_ : Head
        Fitted.
    n_features_in_ : int

    Raises
    ------
    ValueError
        By `fit`, if there is no such head, or the samples are too few for it.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.arange(6.0)[:, None]
    >>> HeadRegressor("knn1").fit(X, 2.0 * X[:, 0]).predict([[2.2]])
    array([4.])
    """

    _kind = "regression"

    def __init__(
        self,
        model: str = "ridge",
        params: dict[str, Any] | None = None,
        standardise: NDArray[np.bool_] | None = None,
        seed: int = 0,
    ) -> None:
        super().__init__(model, params, standardise, seed)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.regressor_tags.poor_score = self._is_floor
        return tags

    def fit(self, X: Any, y: Any) -> Self:
        """Learn from values.

        Parameters
        ----------
        X : array_like or table, shape (n_samples, n_features)
        y : array_like of float, shape (n_samples,)
        """
        X, y = validate_data(
            self, X, y, dtype=np.float64, y_numeric=True, ensure_all_finite=self._finite
        )
        self._fit(X, np.asarray(y, np.float64), 0)
        return self

    def predict(self, X: Any) -> NDArray[np.float64]:
        """Return the value of each row, shape (n_samples,)."""
        rows = self._rows(X)
        return np.asarray(self.head_.predict(rows))
