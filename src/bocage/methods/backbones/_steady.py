"""Batch normalisation that few samples do not break."""

from torch import Tensor, nn


class SteadyNorm(nn.BatchNorm2d):
    """Batch normalisation that also takes a batch of one value a channel.

    UPerNet averages a chip to one pixel; where one chip is all there is to learn from, there is no
    spread to divide by, and the running mean and spread stand in.
    """

    def forward(self, values: Tensor) -> Tensor:
        """Normalise, shape (n, channels, height, width)."""
        if not self.training or values[:, 0].numel() > 1:
            return super().forward(values)
        return nn.functional.batch_norm(
            values, self.running_mean, self.running_var, self.weight, self.bias, eps=self.eps
        )


def steady(network: nn.Module) -> None:
    """Make all batch normalisation in a network take single values."""
    for part in network.modules():
        if type(part) is nn.BatchNorm2d:
            # Nothing but what it does is changed: weights and their order stay.
            part.__class__ = SteadyNorm
