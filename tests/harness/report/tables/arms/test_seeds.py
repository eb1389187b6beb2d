"""The tables of chance: every seed once, and three intervals of one gain."""

from harness.report.study import Study, seed_pairs
from harness.report.tables.arms.seeds import chance_table, seed_table
from harness.report.text.language import language
from harness.report.text.numbers import interval_text

EN = language("en")


def test_every_seed_has_its_pair(study: Study) -> None:
    table = seed_table(study, EN)
    for record, pair in zip(table.records, seed_pairs(study.results), strict=True):
        assert (record["seed"], record["num_fixed"], record["num_broken"]) == (pair.seed, pair.fixed, pair.broken)
        assert record["gain"] == record["distilled_accuracy"] - record["baseline_accuracy"]


def test_the_headline_and_each_source_of_chance_by_itself(study: Study) -> None:
    gain = study.answer.gain
    assert gain is not None and gain.seeds is not None
    records = chance_table(gain, EN).records
    assert [record["interval"] for record in records] == [
        interval_text(estimate, EN) for estimate in (gain.both, gain.seeds, gain.images)
    ]


def test_one_seed_alone_says_nothing_of_another_training(study: Study) -> None:
    assert study.answer.gain is not None
    alone = study.answer.gain._replace(seeds=None)
    training, images = chance_table(alone, EN).records
    assert (training["interval"], training["p"]) == (EN("real-one-seed"), None)
    assert images["interval"] == interval_text(alone.images, EN) and EN("real-headline") in images["note"]
