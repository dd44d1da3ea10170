"""Decoders: one chip alone can be learned from."""

import pytest

torch = pytest.importorskip("torch")


def test_one_value_a_channel_can_be_normalised():
    from bocage.methods.chips._decoders import steady

    torch.manual_seed(0)
    net = torch.nn.Sequential(torch.nn.AdaptiveAvgPool2d(1), torch.nn.BatchNorm2d(3))
    names = list(net.state_dict())
    chip = torch.rand(1, 3, 4, 4)
    with pytest.raises(ValueError, match="more than 1 value"):
        net(chip)
    steady(net)
    assert list(net.state_dict()) == names
    made = net(chip)
    made.sum().backward()
    assert net[1].bias.grad.abs().sum() > 0
    # What it learned with is what it predicts with.
    torch.testing.assert_close(net.eval()(chip), made)


def test_more_values_are_normalised_as_ever():
    from bocage.methods.chips._decoders import steady

    torch.manual_seed(0)
    chips = torch.rand(5, 3, 4, 4)
    usual, changed = torch.nn.BatchNorm2d(3), torch.nn.BatchNorm2d(3)
    steady(changed)
    for _ in range(2):
        torch.testing.assert_close(changed(chips), usual(chips))
    torch.testing.assert_close(changed.running_mean, usual.running_mean)
    torch.testing.assert_close(changed.eval()(chips), usual.eval()(chips))
