"""Import what runs need before the clock of the first one starts."""

from collections.abc import Iterable

from bocage.core import SEGMENTATION
from bocage.methods._method import Method
from bocage.methods._pretrained import PretrainedMethod
from bocage.methods.backbones import BACKBONES


def load_libraries(methods: Iterable[Method]) -> None:
    """Import scikit-learn, and the libraries for networks where a method trains one."""
    import sklearn.linear_model  # noqa: F401

    import bocage.methods._tune

    nets = [method for method in methods if method.needs_torch]
    if not nets:
        return
    import torch  # noqa: F401

    if any(method.trains_network for method in nets):
        import peft  # noqa: F401

        import bocage.methods.strategies._samples
        import bocage.methods.strategies._tuning
    if any(SEGMENTATION in method.kinds and method.trains_network for method in nets):
        import segmentation_models_pytorch  # noqa: F401

        import bocage.methods.chips._learner  # noqa: F401
    trained = [m for m in nets if isinstance(m, PretrainedMethod) and m.trains_network]
    if any(BACKBONES[method.model].library == "terratorch" for method in trained):
        import terratorch  # noqa: F401
