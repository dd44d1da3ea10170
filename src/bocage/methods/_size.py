"""What must be shipped to predict elsewhere: parameters and bytes of a fitted method."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bocage.methods._head import Head


@dataclass(frozen=True, slots=True)
class Size:
    """Numbers of a fitted method.

    Attributes
    ----------
    trained : int
        Learned numbers: coefficients, tree nodes x what each stores, stored samples x bands, or
        trainable parameters of a network.
    encoder, decoder, head : int
        All parameters of a network's parts, trained or not; of a shallow head only the last.
    n_bytes : int
        Size of what must be shipped, before compression: everything that is not public. For a
        frozen network that is the head, for LoRA head and adapter, for full fine-tuning all of it.
    """

    trained: int
    encoder: int
    decoder: int
    head: int
    n_bytes: int


def head_size(head: "Head", n_encoder: int = 0) -> Size:
    """Count what a fitted head holds.

    Parameters
    ----------
    head : Head
    n_encoder : int
        Parameters of the frozen encoder that it stands on.
    """
    scale = 0 if head.scaling is None else 2 * len(head.scaling[0])
    numbers, n_bytes = head.spec.size(head.estimator_)
    return Size(numbers + scale, n_encoder, 0, numbers + scale, n_bytes + 8 * scale)
