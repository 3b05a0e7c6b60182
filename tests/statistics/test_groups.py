"""Declared groups are the unit: sums in plain loops, effective numbers by hand, and coverage by simulation."""

from collections import defaultdict
from math import sqrt

import numpy as np
import polars as pl
import pytest

from samefn.core.errors import InputError
from samefn.measures.language import itself
from samefn.measures.rows import rows
from samefn.predictions.about import about_examples
from samefn.predictions.predictions import Predictions
from samefn.schema.base import Compared
from samefn.statistics import shards
from samefn.statistics.block_sums import BlockSums
from samefn.statistics.counts import counts_of
from samefn.statistics.design_effects import NET, WHOLE, design_effects
from samefn.statistics.effective_numbers import effective_difference, effective_share
from samefn.statistics.group_intervals import over_groups
from samefn.statistics.group_sums import GroupAdder, grouped_rows
from samefn.statistics.intervals import estimates
from samefn.statistics.jackknife import OfMeans
from samefn.statistics.moments import moment_sums
from samefn.statistics.proportions import Proportion
from samefn.statistics.shards import batches, summary
from samefn.verdict.relative_distance import relative_distance_of
from samefn.verdict.relative_distance_of_rows import paired_sums

DRAW = np.random.default_rng(0)
COUNT, CLASSES = 90, 3
GROUPS = DRAW.integers(0, 20, COUNT)
SITES = DRAW.choice(["north", "south"], COUNT)
LABELS = DRAW.integers(0, CLASSES, COUNT)
IDS = [f"e{number}" for number in range(COUNT)]
BASE = DRAW.normal(size=(COUNT, CLASSES)) + 2 * np.eye(CLASSES)[LABELS]


def table(noise: float, labelled: bool = True, seed: int = 0) -> pl.DataFrame:
    labels = LABELS if labelled else None
    other = BASE + noise * np.random.default_rng(seed).normal(size=BASE.shape)
    return rows(Predictions.from_logits("base", BASE, IDS, labels), Predictions.from_logits("it", other, IDS, labels))


def about() -> pl.DataFrame:
    found = about_examples(np.array(IDS), GROUPS, {"site": SITES}, "data")
    assert found is not None
    return found


def test_groups_and_slices_are_joined_by_id() -> None:
    shuffled = table(1.0)[DRAW.permutation(COUNT)]
    joined = pl.concat(batches(shuffled, ["id", "disagreement"], about()))
    place = {name: number for number, name in enumerate(IDS)}
    _, codes = np.unique(GROUPS, return_inverse=True)
    assert joined["id"].to_list() == shuffled["id"].to_list()
    assert joined["group"].to_list() == [codes[place[name]] for name in joined["id"]]
    assert joined["slice:site"].to_list() == [SITES[place[name]] for name in joined["id"]]


def test_an_example_that_is_not_in_the_table() -> None:
    with pytest.raises(InputError, match="SF476"):
        list(batches(table(1.0), ["id"], about()[1:]))


def test_sums_over_groups_are_those_of_loops(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = table(1.0)
    whole = grouped_rows([frame], about())
    sums: dict[int, float] = defaultdict(float)
    sizes: dict[int, int] = defaultdict(int)
    for group, value in zip(GROUPS.tolist(), frame["kl_divergence"].to_list(), strict=True):
        sums[group] += value
        sizes[group] += 1
    assert whole.sums.sizes.tolist() == [sizes[group] for group in sorted(sizes)]
    assert whole.sums.sums["kl_divergence"].tolist() == [sums[group] for group in sorted(sums)]
    # Groups lie in many batches and parts: not a bit changes.
    monkeypatch.setattr(shards, "BATCH", 7)
    cut = grouped_rows([frame[:31], frame[31:33], frame[33:]], about())
    assert {name: values.tolist() for name, values in cut.sums.sums.items()} == {
        name: values.tolist() for name, values in whole.sums.sums.items()
    }
    key = ["by", "value", "group"]
    assert cut.parts.sort(key).equals(whole.parts.sort(key))


def test_a_group_without_examples_is_no_group() -> None:
    adder = GroupAdder(4)
    adder.add(np.array([2, 0, 2]), {"x": np.array([1.0, 2.0, 4.0])})
    assert (adder.sums().sizes.tolist(), adder.sums().sums["x"].tolist()) == ([1, 2], [2.0, 5.0])


def test_parts_are_counted_by_group() -> None:
    frame = table(1.0)
    found = {tuple(row[:3]): row[3:] for row in grouped_rows([frame], about()).parts.rows()}
    _, codes = np.unique(GROUPS, return_inverse=True)
    wanted: dict[tuple[str, str, int], list[int]] = {}
    for at, row in enumerate(frame.iter_rows(named=True)):
        lost, won = row["base_right"] and not row["right"], row["right"] and not row["base_right"]
        for by, value in (("class", str(row["label"])), ("site", str(SITES[at]))):
            counts = wanted.setdefault((by, value, int(codes[at])), [0, 0, 0, 0])
            for place, one in enumerate((1, row["base_top"] != row["top"], lost, won)):
                counts[place] += int(one)
    assert found == {key: tuple(counts) for key, counts in wanted.items()}


SHARE = OfMeans(("x",), itself, itself)


def test_effective_numbers_by_hand() -> None:
    # Four groups of two; one changed as a whole. Share 1/4. The groups' sums less a quarter of their sizes are 1.5,
    # -0.5, -0.5, -0.5: their squares sum to 3. Leaving one group out moves the share by that sum / 6, so the
    # jackknife's variance is 3/4 * 3 / 36 = 1/16; of 8 examples drawn one by one it is 3/16/8. The effect is 8/3. Two
    # hits, and one more in a group of two that changes as a whole: (2 * 8/3 + 2) / 3 = 22/9.
    sums = BlockSums(np.array([2, 2, 2, 2]), {"x": np.array([2.0, 0.0, 0.0, 0.0])}, {})
    t_ratio = (2.3646242510 / 3.1824463053) ** 2  # quantiles 97.5 % of Student's t, 7 and 3 degrees of freedom
    found = effective_share(SHARE, 8, sums, 0.95, declared=True)
    assert found.examples == pytest.approx(8 / (22 / 9) * t_ratio)
    assert found.value == 0.25
    assert effective_share(SHARE, 8, sums, 0.95).examples == pytest.approx(3 * t_ratio)


def test_without_any_change_a_group_counts_once() -> None:
    sums = BlockSums(np.full(1000, 8), {"x": np.zeros(1000)}, {})
    found = effective_share(SHARE, 8000, sums, 0.95, declared=True)
    assert found == Proportion(0.0, pytest.approx(1000, rel=0.01))


def test_a_part_in_one_group_says_what_one_example_says() -> None:
    sums = BlockSums(np.array([6]), {"x": np.array([3.0])}, {})
    assert effective_share(SHARE, 6, sums, 0.95, declared=True) == Proportion(0.5, 1.0)


def test_the_difference_of_flips() -> None:
    # In every group one flip each way: their difference is 0 in all, so only one hit more in a group of four limits
    # it: (hits * 0-error effect of 1 + 4) / (hits + 1), with 200 hits.
    sums = BlockSums(np.full(100, 4), {"lost": np.ones(100), "won": np.ones(100)}, {})
    found = effective_difference("lost", "won", sums, 0.95, declared=True)
    t_ratio = (1.9659272 / 1.9842170) ** 2  # 399 and 99 degrees of freedom
    assert found == pytest.approx(400 / ((200 + 4) / 201) * t_ratio, rel=1e-5)


@pytest.mark.parametrize(("changed_groups", "within"), [(1, 1.0), (2, 1.0), (10, 1.0), (2, 0.5), (40, 0.5), (10, 0.0)])
def test_coverage_of_a_share(changed_groups: int, within: float) -> None:
    """Groups of eight: changed as a whole, half of them, or one by one."""
    groups, size, audits = 400, 8, 600
    draws = np.random.default_rng(changed_groups)
    p = changed_groups / groups
    covered = 0
    for _ in range(audits):
        together, alone = draws.random((groups, 1)) < p, draws.random((groups, size)) < p
        copied = draws.random((groups, size)) < sqrt(within)
        changed = np.where(copied, together, alone)
        sums = BlockSums(np.full(groups, size), {"x": changed.sum(axis=1).astype(np.float64)}, {})
        counted = effective_share(SHARE, groups * size, sums, 0.95, declared=True)
        covered += counted.low(0.025) <= p <= counted.high(0.025)
    assert covered / audits >= 0.93


def test_design_effects_of_the_whole_and_of_parts() -> None:
    frame, groups = table(1.0), about()
    grouped = grouped_rows([frame], groups)
    effects = design_effects(grouped, 0.95)
    counts = counts_of(summary([frame], about=groups), effects)
    wanted = effective_share(OfMeans(("disagreement",), itself, itself), COUNT, grouped.sums, 0.95, declared=True)
    assert counts.proportion("changed").examples == pytest.approx(wanted.examples)
    assert set(effects[WHOLE]) == {"changed", "negative_flips", "positive_flips", "base_right", "right", NET}
    assert set(effects) - {WHOLE} == set(counts.parts)
    for (by, value), part in counts.parts.items():
        inside = (frame["label"].cast(pl.String) == value) if by == "class" else pl.Series(value == SITES)
        mine = frame.filter(inside)
        lost = mine.filter(pl.col("base_right") & ~pl.col("right")).height
        assert (part.examples, part.changed) == (mine.height, int(mine["disagreement"].sum()))
        assert part.negative_flips == lost
        share = part.proportion("changed")
        assert share.value == pytest.approx(part.changed / part.examples)
        assert 0 < share.examples <= part.examples
    lost, won, examples = counts.flips
    assert (lost / examples, won / examples) == pytest.approx(
        ((counts.negative_flips or 0) / COUNT, (counts.positive_flips or 0) / COUNT)
    )


def test_without_groups_and_labels() -> None:
    counts = counts_of(summary([table(1.0, labelled=False)]))
    assert counts.proportion("changed") == Proportion(counts.changed, COUNT)
    assert {part.negative_flips for part in counts.parts.values()} == {None}
    assert sum(part.examples for part in counts.parts.values()) == COUNT


def test_every_measure_keeps_its_value_and_gets_an_interval_over_groups() -> None:
    frame, groups = table(1.0), about()
    alone = estimates(summary([frame]), Compared("it"))
    grouped = over_groups(alone, grouped_rows([frame], groups).sums, 0)
    for one, other in zip(alone, grouped, strict=True):
        assert (one.measure, one.value) == (other.measure, other.value)
        if one.interval == "none":
            assert other == one
        else:
            assert other.interval in {"Korn-Graubard", "delete-block jackknife"}
            assert other.low <= other.value <= other.high


def test_rounding_in_every_group_is_no_evidence_that_no_group_changes() -> None:
    # 30 groups of 3, all within rounding: -ln(0.025) / 30 of the groups may change by the largest change.
    frame = table(1e-6)
    groups = about_examples(np.array(IDS), np.arange(COUNT) // 3, {}, "data")
    alone = estimates(summary([frame]), Compared("it"))
    found = {one.measure: one for one in over_groups(alone, grouped_rows([frame], groups).sums, 0)}
    share = -np.log(0.025) / 30
    for name, end in {"total_variation": share, "cosine_similarity": 1 - share, "kendall_tau": 1 - 2 * share}.items():
        entry = found[name]
        assert (entry.low if name != "total_variation" else entry.high) == pytest.approx(end, abs=1e-5)
        assert [note.code for note in entry.notes] == ["unseen"]


def test_one_group_is_refused() -> None:
    with pytest.raises(InputError, match="SF477"):
        over_groups([], grouped_rows([table(1.0)], about().with_columns(group=pl.lit(0))).sums, 0)


@pytest.mark.parametrize("replicate", [True, False])
def test_the_relative_distance_is_over_groups(monkeypatch: pytest.MonkeyPatch, replicate: bool) -> None:
    candidate, again, others = table(0.3), table(0.05, seed=1), [table(3.0, seed=seed) for seed in range(2, 8)]
    shuffled = np.random.default_rng(1).permutation(COUNT)  # groups do not lie side by side
    frames = [one[shuffled] for one in (candidate, again, *others)]
    monkeypatch.setattr(shards, "BATCH", 11)
    parts = [[one[:40], one[40:]] for one in frames]
    name = "total_variation"
    sums = paired_sums([name], parts[0], parts[1] if replicate else [], parts[2:], about())[name]
    columns = [one[name].to_numpy() for one in frames]
    floor = columns[1] if replicate else np.zeros(COUNT)
    wanted = relative_distance_of(moment_sums(columns[0], floor, np.stack(columns[2:]), GROUPS[shuffled]))
    found = relative_distance_of(sums)
    assert found.refused == ""
    assert (found.value, found.low, found.high) == pytest.approx((wanted.value, wanted.low, wanted.high))
    alone = relative_distance_of(paired_sums([name], parts[0], parts[1] if replicate else [], parts[2:])[name])
    assert alone.value == pytest.approx(found.value)
    assert alone.high - alone.low != pytest.approx(found.high - found.low)
