"""Heads: all that is known of each kind of shallow model, a file each, and one list of them."""

from bocage.methods.heads._forest import FOREST
from bocage.methods.heads._linear import linear_head
from bocage.methods.heads._registry import HEADS
from bocage.methods.heads._spec import FileFormat, HeadSpec, OnnxForm, Params
from bocage.methods.heads._trees import Tree, TreeEnsemble, TreeLink, UnreadableModelError
from bocage.methods.heads._xgboost import XGBOOST

__all__ = [
    "FOREST",
    "HEADS",
    "XGBOOST",
    "FileFormat",
    "HeadSpec",
    "OnnxForm",
    "Params",
    "Tree",
    "TreeEnsemble",
    "TreeLink",
    "UnreadableModelError",
    "linear_head",
]
