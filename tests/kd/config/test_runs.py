"""A run's name is its identity: what decides its numbers changes it, and nothing else does."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from kd.config import (
    AugmentConfig,
    Config,
    DistillConfig,
    ExtraTestConfig,
    FeatureConfig,
    LogitsConfig,
    ModelTraining,
    OptimizerConfig,
    RandAugmentConfig,
    RunConfig,
    ScheduleConfig,
    StoredData,
    TestConfig,
    TrainConfig,
    UnlabeledConfig,
    UnlabeledImages,
    pack_key,
    run_id,
)
from kd.records import RunRecord
from tests.kd.run_lab import SHIFT

DATA = StoredData(
    source="embedded:mnist5k",
    digest="0123456789abcdef",
    val_fraction=0.1,
    test_fraction=0.2,
    split_seed=0,
    max_train=None,
    max_test=None,
)
BASELINE = TrainConfig(
    role="baseline",
    seed=3,
    data=DATA,
    training=ModelTraining(model="mnist_mlp", epochs=5),
    augment=AugmentConfig(),
)
FINAL = BASELINE.model_copy(
    update={"role": "final", "distill": DistillConfig(alpha=0.5, temperature=2.0), "logits": "logits-00000000"}
)
LOGITS = LogitsConfig(data=DATA, teacher="teacher-00000000-s0", augment=AugmentConfig(), num_views=1)
TEST = TestConfig(data=DATA, models=("teacher-00000000-s0", "baseline-00000000-s0"))
EXTRA = ExtraTestConfig(data=DATA, models=("teacher-00000000-s0", "baseline-00000000-s0"), digest="0123456789abcdef")
ONE_OF_EACH = [BASELINE, FINAL, LOGITS, TEST, EXTRA]


NEEDS: dict[tuple[str, str], dict[str, object]] = {
    ("training.optimizer.nesterov", ""): {"training.optimizer.name": "sgd"},
    ("training.schedule.milestones", ""): {"training.schedule.name": "step"},
    ("distill.beta", ""): {"distill.loss": "dkd"},
    ("distill.gamma", ""): {"distill.loss": "nkd"},
    ("distill.options", ""): {"distill.loss": "acme.losses:smooth"},
    ("distill.loss_sha256", ""): {"distill.loss": "acme.losses:smooth"},
    ("distill.temperature_schedule", "linear"): {"distill.temperature_end": 1.0},
    ("distill.temperature_end", ""): {"distill.temperature_schedule": "linear"},
}
"""What must change with a value for it to be allowed."""


def changed(config, path, value):
    """The configuration with the value at a dotted path replaced, validated anew."""
    content = config.model_dump(mode="json")
    inner = content
    *parents, last = path.split(".")
    for part in parents:
        inner = inner[part]
    assert inner.get(last) != value
    inner[last] = value
    for key, needed in NEEDS.get((path, str(value)), NEEDS.get((path, ""), {})).items():
        outer, _, name = key.rpartition(".")
        target = content
        for part in outer.split("."):
            target = target[part]
        target[name] = needed
    return type(config).model_validate(content)


@pytest.mark.parametrize(
    ("config", "name"),
    [
        (BASELINE, "baseline-2663b6c3-s3"),
        (FINAL, "final-3bb46790-s3"),
        (LOGITS, "logits-1ed0f350"),
        (TEST, "test-8c8cd840"),
        (EXTRA, "extra_test-433f5caa"),
    ],
)
def test_names_are_what_they_were(config, name):
    # Result folders outlive the program: a field renamed, added or given another default would
    # rename every run, and each finished sweep would silently start over. Change these only on
    # purpose, and say so in the changelog.
    assert run_id(config) == name


@pytest.mark.parametrize("config", ONE_OF_EACH)
def test_where_the_data_lies_is_not_part_of_the_name(config):
    assert run_id(changed(config, "data.source", "folder:/elsewhere")) == run_id(config)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("data.digest", "fedcba9876543210"),
        ("data.val_fraction", 0.2),
        ("data.test_fraction", 0.3),
        ("data.split_seed", 1),
        ("data.max_train", 1000),
        ("data.max_test", 1000),
        ("data.drop_duplicates", True),
        ("role", "compare"),
        ("training.model", "mnist_cnn"),
        ("training.epochs", 6),
        ("training.batch_size", 64),
        ("training.arguments", {"hidden": 64}),
        ("training.optimizer.name", "sgd"),
        ("training.optimizer.lr", 0.01),
        ("training.optimizer.momentum", 0.8),
        ("training.optimizer.weight_decay", 1e-4),
        ("training.optimizer.decay", "all"),
        ("training.optimizer.decay", "kernels"),
        ("training.optimizer.betas", (0.9, 0.98)),
        ("training.optimizer.eps", 1e-6),
        ("training.optimizer.nesterov", True),
        ("training.schedule.name", "cosine"),
        ("training.schedule.warmup_epochs", 1.0),
        ("training.schedule.milestones", [2.0]),
        ("training.schedule.gamma", 0.5),
        ("training.schedule.end", 0.01),
        ("training.schedule.peak_at", 0.5),
        ("training.checkpoint_sha256", "0" * 64),
        ("training.normalize", {"mean": [0.5], "std": [0.5]}),
        ("training.image_size", 64),
        ("training.accumulation_steps", 2),
        ("training.label_smoothing", 0.1),
        ("training.class_weights", "balanced"),
        ("training.class_weights", "sqrt"),
        ("training.sampling", "balanced"),
        ("training.clip_grad_norm", 1.0),
        ("training.ema_decay", 0.99),
        ("training.gpus", 2),
        ("training.precision", "bf16"),
        ("training.compile", True),
        ("training.compile", "auto"),
        ("augment.shift", 2),
        ("augment.shift_fill", "reflect"),
        ("augment.resized_crop", 0.5),
        ("augment.color_jitter", 0.4),
        ("augment.flip", True),
        ("augment.rand_augment", {}),
        ("augment.rand_augment", {"num_ops": 3}),
        ("augment.rand_augment", {"magnitude": 10}),
        ("augment.rand_augment", {"magnitude_std": 1.5}),
        ("augment.hue", 0.1),
        ("augment.erase", 0.25),
        ("augment.mixup", 0.2),
        ("augment.cutmix", 1.0),
        ("augment.num_views", 8),
        ("distill.loss", "dist"),
        ("distill.beta", 2.0),
        ("distill.gamma", 2.0),
        ("distill.alpha", 0.6),
        ("distill.temperature", 2.5),
        ("distill.options", {"delta": 0.5}),
        ("distill.loss_sha256", "0" * 64),
        ("distill.scale", 9.1),
        ("distill.warmup_epochs", 2),
        ("distill.temperature_schedule", "linear"),
        ("distill.temperature_schedule", "learned"),
        ("distill.temperature_end", 1.0),
        ("distill.control", "smoothed_labels"),
        ("distill.control", "shuffled_dark"),
        ("logits", "logits-11111111"),
    ],
)
def test_whatever_decides_a_training_changes_its_name(path, value):
    name = run_id(changed(FINAL, path, value))
    assert name.split("-")[1] != run_id(FINAL).split("-")[1]


@pytest.mark.parametrize(
    ("config", "path", "value"),
    [
        (LOGITS, "teacher", "teacher-11111111-s0"),
        (LOGITS, "num_views", 2),
        (LOGITS, "more_teachers", ["teacher-22222222-s0"]),
        (LOGITS, "augment.shift", 1),
        (LOGITS, "data.digest", "x"),
        (LOGITS, "unlabeled", {"digest": None}),
        (LOGITS, "unlabeled", {"digest": "x"}),
        (TEST, "models", ["teacher-00000000-s0"]),
        (TEST, "data.max_test", 5),
        (EXTRA, "models", ["teacher-00000000-s0"]),
        (EXTRA, "digest", "fedcba9876543210"),
        (EXTRA, "ensemble", "logits-00000000"),
        (EXTRA, "teachers", ["teacher-00000000-s0"]),
        (EXTRA, "data.digest", "x"),
    ],
)
def test_whatever_decides_another_run_changes_its_name(config, path, value):
    assert run_id(changed(config, path, value)) != run_id(config)


@pytest.mark.parametrize(
    ("path", "one", "other", "given"),
    [
        ("training.optimizer.nesterov", False, True, {"training.optimizer.name": "sgd"}),
        ("training.schedule.milestones", [2.0], [3.0], {"training.schedule.name": "step"}),
        ("distill.beta", 2.0, 3.0, {"distill.loss": "dkd"}),
        ("distill.gamma", 2.0, 3.0, {"distill.loss": "nkd"}),
        ("distill.options", {"delta": 1.0}, {"delta": 2.0}, {"distill.loss": "acme.losses:smooth"}),
        ("distill.options", {"depth": 1}, {"width": 1}, {"distill.loss": "acme.losses:smooth"}),
        ("distill.loss_sha256", "0" * 64, "1" * 64, {"distill.loss": "acme.losses:smooth"}),
        ("distill.temperature_schedule", "linear", "cosine", {"distill.temperature_end": 1.0}),
        ("distill.temperature_end", 1.0, 2.0, {"distill.temperature_schedule": "linear"}),
    ],
)
def test_an_option_of_another_choice_changes_the_name_by_itself(path, one, other, given):
    def name(value):
        content = FINAL.model_dump(mode="json")
        for key, set_to in {**given, path: value}.items():
            *parents, last = key.split(".")
            inner = content
            for part in parents:
                inner = inner[part]
            inner[last] = set_to
        return run_id(TrainConfig.model_validate(content))

    assert name(one) != name(other)


def test_seeds_of_a_setting_share_the_hash():
    other = changed(BASELINE, "seed", 11)
    assert run_id(other) == run_id(BASELINE).removesuffix("-s3") + "-s11"


def test_every_field_of_a_training_was_considered_above():
    # A new field must be added to the parameters above, or to the exceptions here with a reason.
    def leaves(kind: type[Config], prefix: str = "") -> set[str]:
        nested = {
            "data": StoredData,
            "training": ModelTraining,
            "optimizer": OptimizerConfig,
            "schedule": ScheduleConfig,
            "augment": AugmentConfig,
            "distill": DistillConfig,
        }
        found = set()
        for name in kind.model_fields:
            inner = nested.get(name) if prefix + name != "training.augment" else None
            found |= leaves(inner, f"{prefix}{name}.") if inner else {prefix + name}
        return found

    marks = test_whatever_decides_a_training_changes_its_name.pytestmark
    considered = {path for path, _ in marks[0].args[1]}
    exceptions = {
        "kind",  # one value
        "training.checkpoint",  # what it contains is in the sha256
        "training.model_sha256",  # below, with the name that it stands for
        "training.match_classes",  # it refuses a run or lets it be
        "seed",  # stands behind the hash
        "data.class_names",  # no number depends on them
        "data.source",  # what the data contains is in the digest
        "training.augment",  # the plan resolves it into augment
        "distill.loss",  # one value
        "teachers",  # instead of logits: below
        "distill.features",  # go with teachers: below
        "unlabeled",  # below
    }
    assert leaves(TrainConfig) == considered | exceptions


def test_whatever_decides_what_is_learned_from_features_changes_the_name():
    def name(**feature):
        content = FINAL.model_dump(mode="json") | {"logits": None, "teachers": ["teacher-1"]}
        content["distill"]["features"] = [{"loss": "rkd"} | feature] if feature else []
        return run_id(TrainConfig.model_validate(content))

    places = {"teacher": "a", "student": "b"}
    changes = [
        {"loss": "pkt"},
        {"teacher": "a"},
        {"student": "b"},
        {"weight": 2},
        {"distance": 2},
        {"angle": 2},
        places,
    ]
    assert len({name(), name(loss="rkd"), *(name(**change) for change in changes)}) == 2 + len(changes)
    assert set(FeatureConfig.model_fields) == {key for change in changes for key in change}


def test_whatever_decides_what_is_learned_from_unlabelled_images_changes_the_name():
    def name(images=None, **changes):
        content = {"images": {"digest": "x"} | (images or {}), "logits": "logits-1"} | changes
        return run_id(changed(FINAL, "unlabeled", content))

    of_images = [{"digest": None}, {"max_images": 9}, {"drop_held_out": True}, {"of_train": True}]
    changes = [{"ratio": 2}, {"logits": "logits-2"}]
    names = {run_id(FINAL), name(), *map(name, of_images), *(name(**change) for change in changes)}
    assert len(names) == 2 + len(of_images) + len(changes)
    assert set(UnlabeledImages.model_fields) == {key for change in of_images for key in change}
    assert set(UnlabeledConfig.model_fields) == {"images", *(key for change in changes for key in change)}


def test_who_teaches_online_is_part_of_the_name():
    def taught_by(*teachers):
        return run_id(FINAL.model_copy(update={"logits": None, "teachers": teachers}))

    assert (
        len({run_id(FINAL), taught_by("teacher-1"), taught_by("teacher-2"), taught_by("teacher-1", "teacher-2")}) == 4
    )


def test_what_classes_are_called_makes_no_other_run():
    named = FINAL.model_copy(update={"data": FINAL.data.model_copy(update={"class_names": ("ant", "bee")})})
    assert run_id(named) == run_id(FINAL)
    assert pack_key(named) == pack_key(FINAL) is not None


def test_an_integer_and_its_float_are_the_same_setting():
    one, other = (DistillConfig.model_validate({"alpha": 1, "temperature": t}) for t in (4, "4.0"))
    assert run_id(FINAL.model_copy(update={"distill": one})) == run_id(FINAL.model_copy(update={"distill": other}))


@given(
    role=st.sampled_from(["teacher", "baseline", "search", "compare", "final"]),
    seed=st.integers(0, 2**40),
    epochs=st.integers(1, 1000),
    lr=st.floats(1e-8, 10),
    alpha=st.floats(0, 1),
    temperature=st.floats(0.01, 1000),
    max_train=st.none() | st.integers(1, 10**7),
)
def test_a_run_read_back_from_its_record_has_the_same_name(role, seed, epochs, lr, alpha, temperature, max_train):
    config = TrainConfig(
        role=role,
        seed=seed,
        data=DATA.model_copy(update={"max_train": max_train}),
        training=ModelTraining(model="a.b:c", epochs=epochs, optimizer=OptimizerConfig(lr=lr)),
        augment=AugmentConfig(shift=1),
        distill=DistillConfig(alpha=alpha, temperature=temperature),
        logits="logits-00000000",
    )
    record = RunRecord(run_id=run_id(config), config=config)
    read = RunRecord.model_validate_json(record.model_dump_json())
    assert read == record
    assert run_id(read.config) == record.run_id


@pytest.mark.parametrize("config", ONE_OF_EACH)
def test_the_kind_of_run_survives_the_round_trip(config):
    adapter = TypeAdapter(RunConfig)
    assert adapter.validate_json(adapter.dump_json(config)) == config


def test_a_test_run_reads_at_least_one_model():
    with pytest.raises(ValidationError, match="at least 1 item"):
        TestConfig(data=DATA, models=())


@pytest.mark.parametrize("half", [{"distill": DistillConfig()}, {"logits": "logits-00000000"}])
def test_distillation_without_logits_or_the_reverse_is_refused(half):
    with pytest.raises(ValidationError, match="distill goes together with logits or with teachers"):
        TrainConfig.model_validate(BASELINE.model_dump() | half)


@pytest.mark.parametrize(
    ("augment", "views", "num_views"),
    [
        (AugmentConfig(), [0, 0, 0, 0, 0], 1),
        (AugmentConfig(num_views=3), [0, 0, 0, 0, 0], 1),
        (AugmentConfig(flip=True), [0, 1, 2, 3, 4], 5),
        (AugmentConfig(shift=1, num_views=2), [0, 1, 0, 1, 0], 2),
        (AugmentConfig(mixup=0.1), [0, 1, 2, 3, 4], 5),
        (AugmentConfig(cutmix=0.1, num_views=2), [0, 1, 0, 1, 0], 2),
        (AugmentConfig(hue=0.1), [0, 1, 2, 3, 4], 5),
        (AugmentConfig(erase=0.1), [0, 1, 2, 3, 4], 5),
        (AugmentConfig(rand_augment=RandAugmentConfig()), [0, 1, 2, 3, 4], 5),
        (AugmentConfig(shift=1, num_views=9), [0, 1, 2, 3, 4], 5),
    ],
)
def test_views_of_epochs(augment, views, num_views):
    config = BASELINE.model_copy(update={"augment": augment})
    assert [config.view_of_epoch(epoch) for epoch in range(5)] == views
    assert config.num_views == num_views == max(views) + 1


def test_a_model_is_its_content_not_its_place():
    def name(model, digest):
        training = BASELINE.training.model_copy(update={"model": model, "model_sha256": digest})
        return run_id(BASELINE.model_copy(update={"training": training}))

    assert name("hf:/here/net", "a" * 64) == name("hf:~/there", "a" * 64) != name("hf:/here/net", "b" * 64)
    assert name("nets:make", "a" * 64) != name("nets:make", "b" * 64)
    assert name("nets:make", "a" * 64) != name("nets:other", "a" * 64)
    assert name("mnist_mlp", None) == run_id(
        BASELINE.model_copy(update={"training": BASELINE.training.model_copy(update={"model": "mnist_mlp"})})
    )


def test_a_loss_of_ones_own_is_its_content():
    def name(loss, digest):
        distill = DistillConfig(loss=loss, loss_sha256=digest)
        return run_id(FINAL.model_copy(update={"distill": distill}))

    assert name("acme.losses:smooth", "a" * 64) != name("acme.losses:smooth", "b" * 64)
    assert name("acme.losses:smooth", "a" * 64) != name("acme.losses:sharp", "a" * 64)


def test_defaults_are_what_they_were():
    # A default is left out of a run's name, so it must never change: old results would pass for new ones.
    training = ModelTraining(model="mnist_mlp", epochs=1)
    assert (training.model_sha256, training.match_classes) == (None, True)  # left out of config.json too
    assert (training.normalize, training.image_size, training.arguments) == (None, None, {})  # the same
    assert training.model_dump() == {
        "model": "mnist_mlp",
        "checkpoint": None,
        "checkpoint_sha256": None,
        "epochs": 1,
        "batch_size": 128,
        "accumulation_steps": 1,
        "optimizer": {"name": "adam", "lr": 1e-3, "momentum": 0.9, "nesterov": False, "weight_decay": 0.0},
        "schedule": {"name": "constant", "warmup_epochs": 0.0, "milestones": (), "gamma": 0.1, "peak_at": 0.3},
        "label_smoothing": 0.0,
        "clip_grad_norm": None,
        "ema_decay": None,
        "precision": "auto",
        "compile": False,
        "augment": None,
        "gpus": 1,
    }
    assert AugmentConfig().model_dump() == {
        "shift": 0,
        "shift_fill": "black",
        "resized_crop": None,
        "color_jitter": 0.0,
        "flip": False,
        "rand_augment": None,
        "mixup": 0.0,
        "cutmix": 0.0,
        "num_views": None,
    }
    assert RandAugmentConfig().model_dump() == {"num_ops": 2, "magnitude": 9}
    assert DistillConfig().model_dump() == {
        "loss": "kd",
        "alpha": 0.5,
        "temperature": 2.0,
        "beta": None,
        "gamma": None,
    }
    assert LOGITS.more_teachers == ()


def test_where_a_checkpoint_lies_is_not_part_of_the_name_and_its_weights_are():
    def name(**fields):
        training = ModelTraining(model="mnist_mlp", epochs=0, **fields)
        return run_id(BASELINE.model_copy(update={"training": training}))

    here = name(checkpoint="/here", checkpoint_sha256="a")
    assert here == name(checkpoint="/there", checkpoint_sha256="a")
    assert here != name(checkpoint="/here", checkpoint_sha256="b")


@pytest.mark.parametrize(
    "changes",
    [
        {"training": {"gpus": 2}},
        {"training": {"compile": True}},
        {"training": {"compile": "auto"}},
        {"training": {"accumulation_steps": 2}},
        {"distill": DistillConfig(loss="acme.losses:smooth")},
        {"distill": DistillConfig(temperature=4.0, temperature_schedule="learned")},
    ],
)
def test_some_runs_never_have_company(taught: Any, changes: Any) -> None:
    assert pack_key(taught.distilled(**changes)) is None
    assert pack_key(taught.logits_config(AugmentConfig())) is None


def test_company_has_the_same_settings_but_for_role_seed_alpha_and_temperature(taught: Any) -> None:
    key = pack_key(taught.distilled())
    assert key is not None
    assert key == pack_key(taught.distilled(alpha=0.0, temperature=9.0, seed=7, role="search"))
    others = [
        taught.config(),
        taught.distilled(augment=SHIFT),
        taught.distilled(training={"batch_size": 16}),
        taught.distilled(training={"optimizer": OptimizerConfig(lr=0.5)}),
        taught.distilled(distill=DistillConfig(loss="dkd")),
        taught.distilled(distill=DistillConfig(loss="dkd", beta=2.0)),
        taught.distilled(distill=DistillConfig(scale=2.0)),
        taught.distilled(distill=DistillConfig(warmup_epochs=2)),
        taught.distilled(distill=DistillConfig(temperature_schedule="linear", temperature_end=1.0)),
    ]
    keys = [pack_key(other) for other in others]
    assert None not in keys
    assert len({key, *keys}) == 1 + len(others)
