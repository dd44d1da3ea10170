"""Each rule of the verdict on counts made for it (synthetic)."""

import re
from dataclasses import replace

import numpy as np
import pytest
from tests.data.scripts import load_script

from bocage.core import SettingsError
from bocage.metrics import find_metric, regression_moments
from bocage.study._budgets import enough, verdicts
from bocage.study._bygroup import group_differences
from bocage.study._cost import Cost
from bocage.study._unit_counts import UnitCounts
from bocage.study._verdict import verdict

claims = load_script("claims_answers")

FLOOR = 0.25


def made(recalls, *, groups=10, blocks=8, noise=0.0, seed=0, n=200, methods=None, repeats=1):
    """Tally of four classes; `recalls` by method, with noise of each block and method."""
    rng = np.random.default_rng(seed)
    names = list(recalls)
    shape = (len(names), repeats, groups * blocks)
    own = rng.normal(0, noise, shape) if noise else np.zeros(shape)
    share = (np.array([recalls[m] for m in names], float)[:, None, None] + own).clip(0, 1)
    counts = np.zeros((*shape, 4, 4))
    for c in range(4):
        counts[..., c, c] = share * n
        counts[..., c, (c + 1) % 4] = (1 - share) * n
    group = np.repeat(np.arange(groups), blocks)
    block = tuple(f"{g}/{i}" for i, g in enumerate(group))
    return UnitCounts("classification", tuple(methods or names), counts, block, group)


def costs(*names, size=None):
    """Later names are cheaper, unless sizes are given."""
    return {m: Cost(10, (size or {}).get(m, len(names) - i), 1) for i, m in enumerate(names)}


def ask(tally, price, **more):
    settings = {"where": "out", "budget": "10 labels a class", "floors": ["prior"], **more}
    return verdict(tally, price, **settings)


def test_the_cheapest_within_the_margin_is_chosen_over_the_best():
    v = ask(
        made({"big": 0.80, "small": 0.795, "weak": 0.6, "prior": FLOOR}),
        costs("big", "small", "weak"),
    )
    assert (v.status, v.chosen, v.best) == ("decided", "small", "big")
    assert v.qualifiers == ("small", "big")
    assert v.loss_of("small").loss == pytest.approx(0.005)
    assert v.loss_of("small").upper == pytest.approx(0.005, abs=1e-4)
    assert v.loss_of("weak").worse
    assert "Use small" in v.sentence
    assert "at most 0.006 below the highest score (big, 0.80)" in v.sentence


def test_a_smaller_margin_changes_the_choice():
    tally = made({"big": 0.80, "small": 0.795, "prior": FLOOR})
    assert ask(tally, costs("big", "small"), margin=0.004).chosen == "big"
    assert (
        "lose more than the margin of 0.004"
        in ask(tally, costs("big", "small"), margin=0.004).sentence
    )


def test_a_method_just_at_the_margin_does_not_qualify():
    v = ask(made({"big": 0.80, "small": 0.78, "prior": FLOOR}), costs("big", "small"), margin=0.02)
    assert v.qualifiers == ("big",)


def test_the_users_cost_order_decides():
    tally = made({"a": 0.80, "b": 0.80, "prior": FLOOR})
    price = {"a": Cost(10, size=5, seconds=1), "b": Cost(10, size=1, seconds=5)}
    assert ask(tally, price).chosen == "b"
    assert ask(tally, price, order=("seconds",)).chosen == "a"
    assert ask(tally, {"a": Cost(5, 9, 9), "b": Cost(10, 1, 1)}).chosen == "a"
    with pytest.raises(SettingsError, match="labels, size, seconds"):
        ask(tally, price, order=("money",))


def test_of_cheaper_methods_those_are_named_first_that_come_nearest():
    scores = {"big": 0.80, "far": 0.60, "near": 0.79, "mid": 0.70, "prior": FLOOR}
    tally = made(scores, noise=0.3, groups=4, blocks=4)
    price = {"big": 9, "far": 1, "mid": 2, "near": 3, "prior": 0}
    v = ask(tally, {name: Cost(cost, cost, cost) for name, cost in price.items()})
    assert v.status == "undecided"
    below = [m for m in v.open if price[m] < price[v.best]]
    nearest = [loss.method for loss in v.losses if loss.method in below]
    assert len(below) > 1
    assert nearest != below, "the cheapest is not the nearest"
    assert (
        f"but {', '.join(nearest)} cost less and may be within the margin of 0.02 of it"
        in v.sentence
    )


def test_methods_that_cost_the_same_are_named_as_ties():
    v = ask(made({"a": 0.80, "b": 0.80, "prior": FLOOR}), {"a": Cost(1, 1, 1), "b": Cost(1, 1, 1)})
    assert (v.chosen, v.ties) == ("a", ("b",))


def test_wide_intervals_leave_it_undecided_and_say_who_may_be_as_good():
    tally = made({"big": 0.80, "small": 0.70, "prior": FLOOR}, noise=0.25, groups=8, blocks=4)
    v = ask(tally, costs("big", "small"))
    assert (v.status, v.chosen, v.best) == ("undecided", "", "big")
    assert "small" in v.open
    assert "small costs less and may be within the margin of 0.02 of it" in v.sentence
    assert "labels from more places would help to decide" in v.sentence


def test_methods_that_cannot_be_told_apart_give_the_cheapest_and_what_may_be_lost():
    tally = made({"big": 0.71, "mid": 0.71, "small": 0.70, "prior": FLOOR}, noise=0.05, seed=3)
    v = ask(tally, costs("big", "mid", "small"))
    assert (v.status, v.chosen) == ("alike", "small")
    upper = v.loss_of("small").upper
    assert v.margin < upper < 2.5 * v.margin
    assert v.sentence.startswith("Use small in places without labels")
    assert "No method is shown to be better by more than the margin of 0.02" in v.sentence
    assert "it is the cheapest method of which this is true" in v.sentence
    assert not any(loss.worse for loss in v.losses if loss.method == "small")
    lost = float(v.sentence.split("at most ")[1].split(" is lost")[0])
    assert upper <= lost < upper + 0.002


def test_a_cheap_method_that_is_shown_to_be_worse_is_not_advised_as_if_it_were_as_good():
    # The cheapest loses 0.035 in every block, less than 2.5 margins; of the other two it is open
    # which is better.
    share = {"big": 0.800, "mid": 0.795, "small": 0.765, "prior": FLOOR}
    tally, level = made(share, noise=0.06, seed=1), made(share)
    counts = tally.counts.copy()
    counts[2] = counts[0] - (level.counts[0] - level.counts[2])
    v = ask(replace(tally, counts=counts.clip(0)), costs("big", "mid", "small"))
    assert v.loss_of("small").worse
    assert v.loss_of("small").upper < 2.5 * v.margin
    assert (v.status, v.chosen) == ("alike", "mid")


def test_the_best_and_cheapest_is_taken_though_another_may_be_better():
    tally = made({"small": 0.72, "big": 0.70, "prior": FLOOR}, noise=0.1, seed=4)
    v = ask(tally, costs("big", "small"))
    assert (v.status, v.chosen, v.best) == ("alike", "small", "small")
    assert v.sentence.startswith("Use small ")
    assert "This is the highest score" in v.sentence
    assert "the cheapest of 2 (baselines and controls not counted), but another" in v.sentence
    most = float(re.search(r"at most (\d\.\d+)", v.sentence)[1])
    assert v.margin < v.loss_of("small").upper <= most < v.loss_of("small").upper + 0.002
    assert "told apart" not in v.sentence


def test_classes_in_one_block_each_are_named_as_the_reason_why_nothing_is_known():
    tally = made({"a": 0.71, "b": 0.70, "prior": FLOOR}, groups=1, blocks=6)
    # Block by block, samples of one class alone.
    only = tally.counts.copy()
    for block in range(6):
        only[..., block, :, :][..., np.arange(only.shape[-2]) != block % only.shape[-2], :] = 0
        if block >= only.shape[-2]:
            only[..., block, :, :] = 0
    v = ask(replace(tally, counts=only), costs("a", "b"), where="local")
    assert v.status == "none"
    assert "no class is tested in two blocks of one place" in v.sentence


def test_classes_in_one_place_each_are_named_as_the_reason_why_nothing_is_known():
    tally = made({"a": 0.71, "b": 0.70, "prior": FLOOR}, groups=4, blocks=5)
    only = tally.counts.copy()
    for block, group in enumerate(tally.group):
        only[..., block, np.arange(4) != group, :] = 0
    v = ask(replace(tally, counts=only), costs("a", "b"))
    assert v.status == "none"
    assert (
        "no class is tested in two places, so the variability of the scores cannot be" in v.sentence
    )


@pytest.mark.parametrize("groups", [5, 12])
@pytest.mark.parametrize("noise", [0.05, 0.1])
def test_a_dearer_method_that_is_no_better_never_changes_who_is_advised(groups, noise):
    recalls = {"small": 0.78, "big": 0.80, "prior": FLOOR}
    names = set()
    for seed in range(6):
        few = made(recalls, noise=noise, groups=groups, seed=seed)
        price = costs("big", "small")
        v = ask(few, price)
        best = v.loss_of(v.best).score.value
        extra = made({f"x{i}": best - 0.03 for i in range(8)}, noise=noise, groups=groups, seed=90)
        more = {name: Cost(10, 50 + i, 1) for i, name in enumerate(extra.methods)}
        both = replace(
            few,
            methods=few.methods + extra.methods,
            counts=np.concatenate([few.counts, extra.counts]),
        )
        w = ask(both, price | more)
        assert w.best == v.best
        assert w.chosen == v.chosen
        names.add(v.chosen)
    assert len(names) > 1 or (groups, noise) != (12, 0.05)


def test_a_dearer_open_rival_does_not_block_a_cheap_best():
    recalls = {"best": 0.80, "dear": 0.76, "prior": FLOOR}
    found = []
    for seed in range(6):
        tally = made(recalls, seed=seed, noise=0.08, groups=10, blocks=6)
        v = ask(tally, costs("dear", "best"))
        if v.best == "best" and v.qualifiers == ("best",) and "dear" in v.open:
            found.append(v.status)
        swapped = ask(tally, costs("best", "dear"))
        if swapped.qualifiers == ("best",) and "dear" in swapped.open:
            assert swapped.status == "undecided"
    assert found
    assert set(found) == {"decided"}


def test_nothing_above_the_floor_is_undecided():
    tally = made({"a": 0.25, "b": 0.25, "prior": FLOOR}, noise=0.05)
    v = ask(tally, costs("a", "b"))
    assert v.status == "undecided"
    assert "No method is shown to beat the baseline that uses no features" in v.sentence
    sure = ask(made({"a": 0.25, "b": 0.25, "prior": FLOOR}, noise=0.005), costs("a", "b"))
    assert sure.status == "undecided"
    assert any("nothing to learn" in flag for flag in sure.flags)


def uneven(recalls):
    """Three places of many even blocks; recalls of each method by place."""
    groups = [made({m: r[place] for m, r in recalls.items()}, groups=1) for place in range(3)]
    counts = np.concatenate([tally.counts for tally in groups], axis=2)
    group = np.repeat(np.arange(3), 8)
    block = tuple(f"{g}/{i}" for i, g in enumerate(group))
    return UnitCounts("classification", tuple(recalls), counts, block, group)


def test_a_floor_beaten_by_the_luck_of_one_place_is_not_beaten_in_new_ones():
    tally = uneven({"a": (0.75, 0.27, 0.22), "prior": (0.25,) * 3})
    v = ask(tally, costs("a"))
    # Blocks of these three places leave no doubt of their mean; places do.
    assert v.loss_of("a").score.low > FLOOR
    assert v.status == "undecided"
    assert "is better than the baseline that uses no features, but" in v.sentence
    assert (
        "so few places cannot show that it would be better in a new place, and no method is"
        in v.sentence
    )
    # Where these places do not show it either, nothing is said of them.
    none = ask(uneven({"a": (0.26, 0.24, 0.25), "prior": (0.25,) * 3}), costs("a"))
    assert (
        "No method is shown to beat the baseline that uses no features in new places"
        in none.sentence
    )
    assert ask(uneven({"a": (0.8, 0.78, 0.8), "prior": (0.25,) * 3}), costs("a")).chosen == "a"


def test_so_it_is_of_coordinates():
    best, xy = (0.9, 0.8, 0.85), (0.3, 0.82, 0.86)
    bands = {"controls": {"xy": "coordinates"}}
    v = ask(uneven({"a": best, "xy": xy, "prior": (0.25,) * 3}), costs("a"), **bands)
    assert v.status == "undecided"
    assert "is better than coordinates alone (xy, balanced accuracy" in v.sentence
    assert v.coordinates == "xy"
    assert "but so few places cannot show that it would be better in a new place" in v.sentence
    even = ask(uneven({"a": best, "xy": best, "prior": (0.25,) * 3}), costs("a"), **bands)
    assert (
        "not shown to be worse in new places than the best method that uses other features, a"
        in even.sentence
    )
    worse = uneven({"a": best, "xy": (0.3, 0.2, 0.25), "prior": (0.25,) * 3})
    assert ask(worse, costs("a"), **bands).chosen == "a"


def test_a_number_must_be_told_better_than_by_its_mean():
    """A floor may do worse than the mean that R2 is held against; to beat it is not enough."""
    rng = np.random.default_rng(0)
    true = rng.normal(size=(12, 4, 40))
    counts = np.zeros((2, 1, 48, 6))
    for row, y in enumerate(true.reshape(48, 40)):
        counts[0, 0, row] = regression_moments(y, np.full(40, 0.16))
        counts[1, 0, row] = regression_moments(y, np.full(40, 0.25))
    names = tuple(f"b{row}" for row in range(48))
    tally = UnitCounts("regression", ("a", "prior"), counts, names, np.repeat(np.arange(12), 4))
    v = ask(tally, costs("a"))
    assert v.loss_of("prior").score.value < v.loss_of("a").score.high < 0
    assert v.status == "undecided"
    assert "No method is shown to beat the baseline that uses no features" in v.sentence


def test_no_more_is_lost_than_a_score_can_lose():
    v = ask(uneven({"a": (0.9, 0.2, 0.6), "b": (0.3, 0.9, 0.4), "prior": (0.25,) * 3}),
            costs("a", "b"))  # fmt: skip
    assert max(loss.upper for loss in v.losses) <= 1.0


def test_without_a_floor_in_the_tally_chance_takes_its_place():
    v = ask(made({"a": 0.25, "b": 0.255}, noise=0.05), costs("a", "b"), floors=())
    assert v.status == "undecided"
    assert v.loss_of("a").gain == pytest.approx(v.loss_of("a").score.value - 0.25)
    assert ask(made({"a": 0.5, "b": 0.6}), costs("a", "b"), floors=()).chosen == "b"


def test_one_place_gives_scores_but_no_verdict():
    v = ask(made({"a": 0.9, "b": 0.5, "prior": FLOOR}, groups=1), costs("a", "b"))
    assert (v.status, v.chosen) == ("none", "")
    assert "only one place was tested" in v.sentence
    assert v.loss_of("a").score.value == pytest.approx(0.9)


@pytest.mark.parametrize("where", ["local", "both"])
def test_one_place_can_be_asked_about_itself(where):
    v = ask(made({"a": 0.9, "b": 0.5, "prior": FLOOR}, groups=1), costs("a", "b"), where=where)
    assert (v.status, v.chosen) == ("decided", "a")
    assert v.sentence.endswith(
        "These results are for this one place; nothing is claimed for other places."
    )


def test_few_places_of_one_block_are_compared_over_places_or_not_at_all():
    sites = made({"a": 0.9, "b": 0.5, "prior": FLOOR}, groups=5, blocks=1, noise=0.02)
    v = ask(sites, costs("a", "b"))
    assert (v.status, v.chosen, v.conditional) == ("decided", "a", False)
    v = ask(sites, costs("a", "b"), where="local")
    assert v.status == "none"
    assert np.isnan(v.loss_of("a").score.low)
    assert "nan" not in v.sentence


def test_few_places_are_named_as_such_and_each_is_shown_with_its_sign():
    tally = made({"big": 0.80, "small": 0.795, "prior": FLOOR}, groups=4)
    counts = tally.counts.copy()
    first = tally.group == 0
    counts[1, 0, first] = counts[0, 0, first]
    counts[1, 0, first, 0, 0] += 4
    counts[1, 0, first, 0, 1] -= 4
    v = ask(replace(tally, counts=counts), costs("big", "small"), group_names=["n", "e", "s", "w"])
    assert v.conditional
    assert "for these 4 places; 95 % prediction interval for a new place" in v.sentence
    assert "3 degrees of freedom" in v.reasons[0]
    assert [(g.group, g.method, g.other) for g in v.groups][:2] == [
        ("n", "small", "big"),
        ("e", "small", "big"),
    ]
    assert [np.sign(g.difference.value) for g in v.groups] == [1, -1, -1, -1]
    assert v.groups[1].difference.value == pytest.approx(-0.005)


def test_many_places_speak_of_new_ones():
    v = ask(made({"a": 0.9, "b": 0.5, "prior": FLOOR}, groups=8), costs("a", "b"))
    assert not v.conditional
    assert "for these" not in v.sentence
    assert len(v.groups) == 8


@pytest.mark.parametrize(
    ("kind", "as_well", "better"),
    [
        (
            "coordinates",
            "learn locations rather than what is there",
            "labels may depend on location",
        ),
        ("random-weights", "pretraining may add nothing", "pretraining may add nothing"),
        ("bands", "this control (bands) does as well", "it is a control (bands)"),
    ],
)
def test_a_control_is_never_recommended_and_flagged_where_it_does_as_well(kind, as_well, better):
    for score, text in ((0.85, better), (0.805, as_well)):
        tally = made({"a": 0.80, "xy:knn": score, "prior": FLOOR})
        v = ask(tally, costs("a"), controls={"xy:knn": kind})
        assert (v.chosen, v.best) == ("" if kind == "coordinates" else "a", "a")
        assert v.loss_of("xy:knn").loss == pytest.approx(0.80 - score)
        [flag] = v.flags
        assert text in flag
        # Far above the best is not within the margin of it.
        said = "xy:knn (0.85) scores higher than the best method that can be recommended, a (0.80)"
        assert flag.startswith(
            said if score > 0.82 else "xy:knn is within the margin of 0.02 of the best"
        )
    calm = ask(
        made({"a": 0.80, "xy:knn": 0.6, "prior": FLOOR}), costs("a"), controls={"xy:knn": kind}
    )
    assert calm.flags == ()


def test_where_coordinates_do_as_well_the_headline_says_so_and_advises_nothing():
    for xy in (0.85, 0.80, 0.795):
        tally = made({"a": 0.80, "xy:knn": xy, "prior": FLOOR}, noise=0.05)
        v = ask(tally, costs("a"), controls={"xy:knn": "coordinates"})
        assert v.status == "undecided"
        assert "Coordinates alone (xy:knn) reached a balanced accuracy of" in v.sentence
        assert v.coordinates == "xy:knn"
        said = "higher than the best method" if xy > 0.82 else "not shown to be worse than the best"
        assert said in v.sentence
        assert "no method is recommended for new places" in v.sentence
    # On surveyed ground they are a method like any other.
    v = ask(tally, costs("a", "xy:knn"), where="local")
    assert "coordinates" not in v.sentence
    clear = made({"a": 0.80, "xy:knn": 0.6, "prior": FLOOR}, noise=0.05)
    assert ask(clear, costs("a"), controls={"xy:knn": "coordinates"}).chosen == "a"


@pytest.mark.parametrize(
    ("random", "noise", "text"),
    [
        (0.6, 0, "0.20 (0.20 to 0.20); pretraining helps here"),
        (0.9, 0, "-0.10 (-0.10 to -0.10); pretraining is harmful here"),
        (0.8, 0.2, "pretraining is not shown to help here"),
    ],
)
def test_pretrained_weights_are_set_beside_random_ones(random, noise, text):
    tally = made({"net": 0.8, "net:random": random, "prior": FLOOR}, noise=noise)
    v = ask(
        tally, costs("net"), controls={"net:random": "random-weights"}, twins={"net:random": "net"}
    )
    assert v.flags[-1].startswith("net minus the same network with random weights: ")
    assert text in v.flags[-1]


def test_equal_encoders_are_seldom_said_to_help_in_new_places():
    """By the blocks of three places alone, a quarter of equals were said to differ."""
    found = list(claims.pretraining(range(650_000, 650_030), (3,), (1,)))
    assert [str(claim) for claim in found if not claim.holds] == []


def test_what_more_values_may_give_says_what_errors_are_held_against():
    """Of R2 in a place's own spread so wide a range holds less than 90 % (30 places)."""
    metrics = [find_metric("regression", name) for name in ("r2", "mae")]
    tally = claims.values_of_places(5, 0)
    said = [
        ask(tally, costs("m"), floors=(), metric=metric, margin=0.02).sentence for metric in metrics
    ]
    assert ", relative to the variance over all places tested)" in said[0]
    assert "relative" not in said[1]


def test_the_best_is_chosen_again_in_every_resample():
    """Two equal methods with much luck: the loss of the luckier one is not zero for sure."""
    v = ask(made({"a": 0.7, "b": 0.7, "prior": FLOOR}, noise=0.3, blocks=4), costs("a", "b"))
    assert v.loss_of(v.best).loss == 0
    assert v.loss_of(v.best).upper > 0


def test_one_draw_of_few_labels_is_admitted():
    tally = made({"a": 0.9, "b": 0.5, "prior": FLOOR})
    assert any("one random draw" in reason for reason in ask(tally, costs("a", "b")).reasons)
    more = ask(made({"a": 0.9, "b": 0.5, "prior": FLOOR}, repeats=3), costs("a", "b"))
    whole = ask(tally, costs("a", "b"), budget="all labels")
    assert not any("one random draw" in r for v in (more, whole) for r in v.reasons)


def test_errors_want_a_margin_in_their_unit_and_the_lowest_wins():
    rng = np.random.default_rng(0)
    moments = np.zeros((3, 1, 40, 6))
    y = rng.normal(0, 10, (40, 30))
    for m, sd in enumerate((1.0, 2.0, 10.0)):
        e = rng.normal(0, sd, y.shape) if m < 2 else -y
        moments[m, 0] = np.stack(
            [np.full(40, 30.0), y.sum(1), (y**2).sum(1), e.sum(1), (e**2).sum(1), abs(e).sum(1)], 1
        )
    group = np.arange(40) // 4
    tally = UnitCounts(
        "regression", ("good", "poor", "mean"), moments, tuple(map(str, range(40))), group
    )
    rmse = find_metric("regression", "rmse")
    price = costs("good", "poor")
    with pytest.raises(SettingsError, match="--margin"):
        ask(tally, price, metric=rmse, floors=["mean"])
    v = ask(tally, price, metric=rmse, margin=0.5, floors=["mean"])
    assert (v.status, v.chosen) == ("decided", "good")
    assert v.loss_of("poor").loss == pytest.approx(1.0, abs=0.2)
    assert v.groups[0].difference.value > 0
    assert ask(tally, price, floors=["mean"]).chosen == "good"


def test_groups_of_one_value_share_the_spread_of_all():
    rng = np.random.default_rng(1)
    sizes = rng.integers(5, 60, 8)
    y = [rng.normal(level, 0.01, n) for level, n in zip(range(8), sizes, strict=True)]
    moments = np.zeros((2, 1, 8, 6))
    errors = [[rng.normal(0, sd, n) for n in sizes] for sd in (0.2, 0.5)]
    for m, parts in enumerate(errors):
        for g, (true, e) in enumerate(zip(y, parts, strict=True)):
            sums = [len(e), true.sum(), (true**2).sum(), e.sum(), (e**2).sum(), abs(e).sum()]
            moments[m, 0, g] = sums
    group = np.arange(8)
    names = tuple("abcdefgh")
    tally = UnitCounts("regression", ("good", "poor"), moments, names, group)
    found = group_differences(tally, find_metric("regression"), ("good", "poor"), names, "given")
    # They average to the difference of the scores, which is far from the hundreds that a group's
    # own spread would give.
    good, poor = (np.mean([np.mean(e**2) for e in parts]) for parts in errors)
    whole = (poor - good) / np.mean([np.mean(true**2) for true in y])
    values = [d.difference.value for d in found]
    assert np.mean(values) == pytest.approx(whole)
    assert 0 < max(values) < 0.1


def test_methods_without_costs_are_an_error_of_the_caller():
    tally = made({"a": 0.9, "prior": FLOOR})
    with pytest.raises(ValueError, match="no costs"):
        ask(tally, {})
    with pytest.raises(ValueError, match="only controls"):
        ask(tally, {}, controls={"a": "coordinates"})
    assert "the only method" in ask(tally, costs("a")).sentence


def test_the_smallest_budget_that_is_enough_is_found():
    few = made({"a": 0.60, "b": 0.55, "prior": FLOOR}, repeats=3)
    some = made({"a": 0.79, "b": 0.79, "prior": FLOOR}, repeats=3)
    whole = made({"a": 0.80, "b": 0.795, "prior": FLOOR})
    price = {budget: costs("a", "b") for budget in ("5", "20", "all")}
    lines = verdicts({"5": few, "20": some, "all": whole}, price, where="local", floors=["prior"])
    assert [line.method for line in lines] == ["a", "b", "b"]
    assert [line.enough for line in lines] == [False, True, True]
    assert lines[0].short.value == pytest.approx(0.2)
    assert enough(lines) == "20"
    assert enough(lines[:1]) == ""
    assert verdicts({}, {}, where="out") == ()


def test_a_figure_that_one_place_tells_gives_no_verdict_and_the_true_reason():
    # Recall of class 2, which stands in one place of three, in several blocks.
    tally = made({"a": 0.9, "b": 0.5, "prior": FLOOR}, groups=3)
    counts = tally.counts.copy()
    counts[:, :, tally.group > 0, 2] = 0
    recall = find_metric("classification", "recall:c", tuple("abcd"))
    v = ask(replace(tally, counts=counts), costs("a", "b"), metric=recall)
    assert v.status == "none"
    assert v.sentence.startswith(
        "No verdict: recall of c could be computed in one place only, and others may"
    )
