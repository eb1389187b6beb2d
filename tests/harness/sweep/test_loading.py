"""A sweep file is understood, or refused in one line that says what to do."""

import hashlib
import importlib
import re
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
import yaml
from hypothesis import given
from hypothesis import strategies as st

from harness.sweep.loading import find_sweep, load_sweep, parse_overrides, read_yaml
from harness.sweep.plan import Plan
from harness.sweep.schema import SearchConfig, Setting, Sweep
from kd.config import MODELS, AugmentConfig, OptimizerConfig, TrainConfig
from kd.errors import InputError
from kd.losses import DistillationLoss
from tests.support.root import ROOT

SWEEPS = sorted((ROOT / "sweeps").glob("*.yaml"))

MINIMAL = """
name: small
data: {source: "embedded:mnist5k"}
teacher: {model: mnist_cnn, epochs: 2}
student: {model: mnist_mlp, epochs: 3}
"""


CNN = "{model: mnist_cnn, epochs: 2}"


@pytest.fixture
def write(tmp_path):
    """Writes a sweep file; gives its path."""

    def write_sweep(text):
        path = tmp_path / "sweep.yaml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write_sweep


def refusal(path, overrides=""):
    """The one line that a sweep is refused with."""
    with pytest.raises(InputError) as caught:
        load_sweep(path, overrides)
    message = str(caught.value)
    assert "\n" not in message
    return message


@pytest.mark.parametrize("path", SWEEPS, ids=lambda path: path.stem)
def test_every_sweep_file_loads_and_is_named_after_its_file(path):
    sweep = load_sweep(path)
    assert sweep.name == path.stem
    assert sweep.description
    plan = Plan(sweep, "0" * 16)
    runs = [*plan.teachers, plan.logits, *plan.baselines, *(run for runs in plan.compares for run in runs)]
    assert len({run.id for run in runs}) == len(sweep.all_teachers) + 1 + sweep.seeds * (1 + len(sweep.compare))


def test_the_sweep_of_function_matching_in_the_docs_is_one(write):
    page = (ROOT / "docs/design/0008-one-loss-many-soft-terms.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    sweep = load_sweep(write(block))
    plan = Plan(sweep, "0" * 16)
    assert (sweep.distill.alpha, sweep.distill.temperature, sweep.search) == (1.0, 1.0, None)
    assert plan.logits.config.num_views == 200
    assert plan.logits.config.augment.mixup == plan.finals(sweep.distill)[0].config.augment.mixup == 1.0
    assert plan.teachers[0].config.augment == AugmentConfig(shift=4, flip=True)


def test_there_are_sweep_files():
    assert {path.stem for path in SWEEPS} >= {
        "quickstart",
        "mnist_cnn_mlp",
        "cifar10_resnet18_cnn",
        "fashion_resnet_conv",
        "fashion_custom",
        "cifar100_vit_deit",
        "cifar100_vit_deit_plain",
    }


@pytest.mark.parametrize("path", SWEEPS, ids=lambda path: path.stem)
def test_every_model_of_a_sweep_file_can_be_built(path):
    sweep = load_sweep(path)
    for training in (*sweep.all_teachers, sweep.student):
        module, colon, factory = training.model.partition(":")
        if training.model.startswith("hf:"):
            assert "/" in training.model
        elif colon:
            assert callable(getattr(importlib.import_module(module), factory))
        else:
            assert training.model in MODELS


@pytest.mark.parametrize("path", SWEEPS, ids=lambda path: path.stem)
def test_every_header_says_source_expectation_cost_and_command(path):
    header = path.read_text(encoding="utf-8").partition("name:")[0]
    assert "Source: document 00" in header or path.stem == "quickstart"
    assert "Expected" in header
    assert re.search(r"Cost: [^:]* (CPU cores|GPU)", header)
    assert f"make sweep SWEEP={path.stem}" in header or (path.stem == "quickstart" and "make sweep\n" in header)
    sweep = load_sweep(path)
    published = sweep.reference.model_dump(exclude={"source"}, exclude_none=True) if sweep.reference else {}
    if path.stem != "cifar10_resnet18_cnn":  # whose source gives ranges
        assert all(f"{100 * figure:.2f} %" in header for figure in published.values())


@pytest.mark.parametrize("path", [*SWEEPS, ROOT / "README.md"], ids=lambda path: path.stem)
def test_what_a_page_tells_people_to_set_is_understood(path):
    commands = re.findall(r'(?:SWEEP=(\S+) )?SET="([^"…]*)"', path.read_text(encoding="utf-8"))
    assert commands or path.stem in ("quickstart", "cifar100_vit_deit_plain")
    for name, words in commands:
        sweep = path if path in SWEEPS else ROOT / "sweeps" / f"{name or 'quickstart'}.yaml"
        if "checkpoint=FOLDER" in words:  # is opened at once
            assert "teacher.checkpoint: no .safetensors file in" in refusal(sweep, words)
        else:
            assert load_sweep(sweep, words) != load_sweep(sweep)


def test_the_settings_of_a_loss_without_t_squared_have_its_gradient():
    """What the header of cifar100_vit_deit_plain says of document 000's loss."""
    random = torch.Generator().manual_seed(0)
    student, teacher = torch.randn(2, 8, 100, generator=random, dtype=torch.float64)
    labels = torch.randint(0, 100, (8,), generator=random)
    student.requires_grad_()
    (path,) = (path for path in SWEEPS if path.stem == "cifar100_vit_deit_plain")
    converted = load_sweep(path).compare[2:]
    published = [(0.7, 4.0), (0.5, 4.0), (0.7, 2.0)]
    for (alpha, temperature), setting in zip(published, converted, strict=True):
        assert setting.temperature == temperature
        soft = F.kl_div(
            F.log_softmax(student / temperature, 1), F.softmax(teacher / temperature, 1), reduction="batchmean"
        )
        theirs = alpha * soft + (1 - alpha) * F.cross_entropy(student, labels)
        ours = DistillationLoss(temperature, setting.alpha)(student, teacher, labels).total
        directions = [torch.autograd.grad(loss, student)[0] for loss in (theirs, ours)]
        torch.testing.assert_close(*(F.normalize(d.flatten(), dim=0) for d in directions), rtol=0, atol=1e-4)


def test_defaults(write):
    sweep = load_sweep(write(MINIMAL))
    assert (sweep.distill.alpha, sweep.distill.temperature, sweep.seeds) == (0.5, 2.0, 5)
    assert sweep.search == SearchConfig()
    assert sweep.search.num_trials == 20
    assert sweep.student.optimizer == OptimizerConfig(name="adam", lr=1e-3)


@pytest.mark.parametrize("path", SWEEPS, ids=lambda path: path.stem)
def test_a_sweep_survives_the_round_trip(path):
    sweep = load_sweep(path)
    assert Sweep.model_validate_json(sweep.model_dump_json()) == sweep


# What is wrong, in one line.


@pytest.mark.parametrize(
    ("overrides", "says"),
    [
        (
            "distill.tempurature=2",
            "distill.tempurature: unknown key (did you mean temperature?); allowed: loss, alpha,",
        ),
        ("studnet.model=x", "studnet: unknown key (did you mean student?)"),
        ("search.space.alpha.hihg=1", "search.space.alpha.hihg: unknown key (did you mean high?); allowed: low, high,"),
        (
            "data.augment.shfit=2",
            "data.augment.shfit: unknown key (did you mean shift?); allowed: shift, shift_fill, ",
        ),
        ("data.augment.mixup=-1", "data.augment.mixup: Input should be greater than or equal to 0, got -1"),
        (
            "data.augment.rand_augment.num_op=1",
            "data.augment.rand_augment.num_op: unknown key (did you mean num_ops?); allowed: num_ops, magnitude",
        ),
        ("data.augment.rand_augment.magnitude=31", "magnitude: Input should be less than or equal to 30, got 31"),
        ("teacher.augment.shfit=2", "teacher.augment.shfit: unknown key (did you mean shift?)"),
        (
            "student.optimizer.learning_rate=1",
            "student.optimizer.learning_rate: unknown key; allowed: name, lr, momentum",
        ),
        (
            "'compare=[{alfa: 1, temperature: 2}]'",
            "compare.0.alfa: unknown key (did you mean alpha?); allowed: alpha, temp",
        ),
        ("student.epochs=many", "student.epochs: Input should be a valid integer"),
        ("student.epochs=many", ", got 'many'"),
        ("student.epochs=1.5", "student.epochs: "),
        ("student.epochs=0", "student: epochs must be at least 1 (0 only with a checkpoint)"),
        ("student.epochs=0 student.checkpoint=x", "student.epochs must be at least 1; only a teacher"),
        ("distill.beta=2", "distill: beta is an option of dkd, not of kd"),
        ("distill.loss=dkdd", "distill.loss: Input should be 'kd', 'soft_ce',"),
        ("student.schedule=step", "student.schedule: step needs milestones"),
        (
            "student.model=small_resnt",
            "student.model: no such model (did you mean small_resnet?); there are mnist_cnn, ",
        ),
        ("student=mnist_mlp", "student"),
        ("distill.alpha=1.1", "distill.alpha: Input should be less than or equal to 1, got 1.1"),
        ("distill.alpha=-0.1", "distill.alpha: Input should be greater than or equal to 0, got -0.1"),
        ("distill.alpha=.nan", "distill.alpha: "),
        ("distill.temperature=0", "distill.temperature: Input should be greater than 0, got 0"),
        ("distill.temperature=-2", "distill.temperature: Input should be greater than 0, got -2"),
        ("distill.temperature=.inf", "distill.temperature: Input should be a finite number, got inf"),
        (
            "student.optimizer.weight_decay=.inf",
            "student.optimizer.weight_decay: Input should be a finite number, got inf",
        ),
        ("student.optimizer=lion", "student.optimizer.name: Input should be 'sgd', 'adam' or 'adamw', got 'lion'"),
        ("'compare=[{alpha: 2, temperature: 2}]'", "compare.0.alpha: Input should be less than or equal to 1, got 2"),
        ("'compare=[{alpha: 0.5}]'", "compare.0.temperature: missing"),
        (
            "search.space.alpha.low=0 search.space.alpha.high=1.5",
            "search.space: alpha must stay in [0, 1], got 0.0 to 1.5",
        ),
        ("search.space.temperature.low=0 search.space.temperature.high=9", "temperature must be > 0, got 0.0"),
        ("search.space.alpha.low=0 search.space.alpha.high=1 search.space.alpha.log=true", "low must be > 0 with log"),
        ("search.space.temperature.low=1 search.space.temperature.high=.inf", "Input should be a finite number"),
        ("search.space.alpha.low=0.9 search.space.alpha.high=0.1", "search.space.alpha: low 0.9 is above high 0.1"),
        ("search.space.alpha.values=[]", "search.space.alpha.values: "),
        ("search.space.alpha.low=0.1", "search.space.alpha: give low and high, or values"),
        ("search.sampler=grid", "search: a grid needs values for alpha and temperature"),
        ("search.num_trials=null", "search: num_trials is needed with sampler tpe"),
        ("search.num_trials=0", "search.num_trials: Input should be greater than or equal to 1, got 0"),
        ("search.seed=4294967296", "search.seed: Input should be less than 2147483648, got 4294967296"),
        ("name=../other", "name: String should match pattern"),
        ("name=a/b", "name: String should match pattern"),
        ("name=.hidden", "name: String should match pattern"),
        ('name="a b"', "name: String should match pattern"),
        ("data.source=\"''\"", "data.source: String should have at least 1 character"),
        ("data.val_fraction=1", "data.val_fraction: Input should be less than 1, got 1"),
        ("seeds=0", "seeds: Input should be greater than or equal to 1, got 0"),
        ("compare.0.alpha=1", "compare: "),
        ("teacher.model.name=x", "teacher.model: "),
        ("distill.alpha=2 seeds=0", "(and 1 more)"),
        ("search.seed=4", "search.seed: must not be one of the final seeds 0 to 4, got 4"),
        ("search.seed=0 seeds=1", "search.seed: must not be one of the final seeds 0 to 0, got 0"),
        ("teacher=null", "give teacher, or a list of teachers"),
        (f"'teachers=[{CNN}, {CNN}]'", "give teacher, or a list of teachers, not both"),
        (f"'teacher=[{CNN}, {CNN}]'", "teacher: is one mapping; a list goes under teachers"),
        (f"teacher=null 'teachers=[{CNN}]'", "teachers: Tuple should have at least 2 items"),
        (
            f"teacher=null 'teachers=[{CNN}, {CNN}, {{modle: mnist_cnn, epochs: 2}}]'",
            "teachers.2.modle: unknown key (did you mean model?); allowed: model, checkpoint, ",
        ),
        (f"teacher=null 'teachers=[{CNN}, {{epochs: 2}}]'", "teachers.1.model: missing"),
        (
            f"teacher=null 'teachers=[{CNN}, {{model: mnist_cnn, epochs: 1, checkpoint: nowhere}}]'",
            "teachers.1.checkpoint: no .safetensors file in ",
        ),
    ],
)
def test_errors_are_one_line_with_file_key_value_and_what_is_allowed(write, overrides, says):
    path = write(MINIMAL + 'compare: [{alpha: 0.9, temperature: 4}]\ndescription: ""\n')
    message = refusal(path, overrides)
    assert message.startswith(f"{path}: ")
    assert says in message


def test_a_missing_key_is_named(write):
    assert refusal(write("name: x\ndata: {source: x}\nteacher: {model: mnist_cnn, epochs: 1}")).endswith(
        ": student: missing"
    )


def test_a_line_end_is_no_part_of_a_name(write):
    assert "name: String should match pattern" in refusal(write(MINIMAL.replace("small", '"small\\n"')))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "a mapping of keys is wanted, found NoneType"),
        ("# nothing here yet\n", "a mapping of keys is wanted, found NoneType"),
        ("- a\n- b\n", "a mapping of keys is wanted, found list"),
        ("just words", "a mapping of keys is wanted, found str"),
        ("name: x\ndata: {source: [}", " line 2: not YAML: "),
        ("name: x\n\tdata: 1", " line 2: not YAML: "),
        (b"name: \xff\xfe", "not YAML: "),
        (b"name: \0", "not YAML: unacceptable character"),
        ("name: 2024-13-01", "not YAML: month must be in 1..12"),
        ("name: !!python/object/apply:os.getcwd []", "not YAML: could not determine a constructor"),
        ("1: x", "name: missing"),
        ("seeds: 3\nname: x\nseeds: 4", " line 3: not YAML: key 'seeds' is given twice, first in line 1"),
        ("data: {source: x, source: y}", " line 1: not YAML: key 'source' is given twice, first in line 1"),
    ],
)
def test_files_that_are_no_sweep(write, text, says):
    path = write(text)
    message = refusal(path)
    assert message.startswith(str(path))
    assert says in message


def test_a_merged_key_may_be_replaced(write):
    text = "base: {b: &b {<<: {x: 1}, x: 2}}\nc: {<<: *b, x: 3}\n"
    assert read_yaml(write(text)) == {"base": {"b": {"x": 2}}, "c": {"x": 3}}


def test_a_file_that_cannot_be_read(tmp_path):
    assert refusal(tmp_path / "none.yaml") == f"{tmp_path}/none.yaml: No such file or directory"
    assert refusal(tmp_path) == f"{tmp_path}: Is a directory"


# A checkpoint.


def test_a_checkpoint_is_known_by_its_weights(write, tmp_path):
    def name(place, content, overrides=""):
        folder = tmp_path / place
        folder.mkdir(exist_ok=True)
        (folder / "model.safetensors").write_bytes(content)
        text = MINIMAL.replace("mnist_cnn, epochs: 2", f"mnist_cnn, epochs: 0, checkpoint: {folder}")
        sweep = load_sweep(write(text), overrides)
        assert sweep.teacher.checkpoint == str(folder)
        assert sweep.teacher.checkpoint_sha256 == hashlib.sha256(content).hexdigest()
        assert Sweep.model_validate_json(sweep.model_dump_json()) == sweep
        plan = Plan(sweep, "0" * 16)
        return plan.teachers[0].id, plan.logits.id, plan.baselines[0].id

    here = name("here", b"weights")
    assert name("there", b"weights") == here
    assert name("here", b"other")[:2] != here[:2]
    assert name("here", b"other")[2] == here[2]
    with pytest.raises(InputError, match=f"teacher.checkpoint_sha256: {tmp_path}/here holds .*, got 'abc'"):
        name("here", b"weights", "teacher.checkpoint_sha256=abc")


def test_a_relative_checkpoint_stays_the_same_folder_from_elsewhere(write, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net").mkdir()
    (tmp_path / "net" / "model.safetensors").write_bytes(b"weights")
    assert load_sweep(write(MINIMAL), "student.checkpoint=net").student.checkpoint == str(tmp_path / "net")


def test_a_checkpoint_without_weights_is_refused(write, tmp_path):
    message = refusal(write(MINIMAL), f"teacher.checkpoint={tmp_path}/none")
    assert f"teacher.checkpoint: no .safetensors file in {tmp_path}/none" in message


# Finding a sweep.


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A folder with sweeps/one.yaml and sweeps/other.yaml, as the working directory."""
    (tmp_path / "sweeps").mkdir()
    for name in ("one", "other"):
        (tmp_path / "sweeps" / f"{name}.yaml").write_text(MINIMAL)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_sweep_is_found_by_name_and_by_path(project):
    assert find_sweep("one") == Path("sweeps/one.yaml")
    assert find_sweep("sweeps/one.yaml") == Path("sweeps/one.yaml")
    assert find_sweep(str(project / "sweeps" / "one.yaml")) == project / "sweeps" / "one.yaml"


def test_a_missing_sweep_gets_the_nearest_and_the_list(project):
    with pytest.raises(InputError) as caught:
        find_sweep("onne")
    assert str(caught.value) == "SWEEP: no file sweeps/onne.yaml (did you mean one?); there are one, other"
    with pytest.raises(InputError, match=r"SWEEP: no file none\.yaml; there are one, other"):
        find_sweep("none.yaml")


@pytest.mark.parametrize("name", ["../one", "sweeps/one", "/etc/passwd"])
def test_a_name_never_leads_elsewhere(project, name):
    with pytest.raises(InputError, match="is not a name"):
        find_sweep(name)


def test_without_any_sweep(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match="no folder sweeps here; kd-sweep init writes one"):
        find_sweep("one")


# SET.


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("epochs", "SET: 'epochs' is not key=value"),
        ("=3", "SET: '=3' is not key=value"),
        ("student..epochs=3", "SET: 'student..epochs=3' is not key=value"),
        (".epochs=3", "is not key=value"),
        ("student.epochs = 3", "is not key=value"),
        ("name='open", "no closing quotation"),
        ("compare=[1,", "SET: compare: '[1,' is not a YAML value"),
        ("name=2024-13-01", "SET: name: '2024-13-01' is not a YAML value"),
        ("'compare=[{alpha: 0.1, alpha: 0.2}]'", "SET: compare: '[{alpha: 0.1, alpha: 0.2}]' is not a YAML value"),
    ],
)
def test_words_that_are_no_assignment(write, words, says):
    message = refusal(write(MINIMAL), words)
    assert message.startswith("SET: ")
    assert says in message


def test_assignments_reach_every_depth_and_leave_the_rest(write):
    path = write(MINIMAL + "search: null\n")
    sweep = load_sweep(
        path,
        "seeds=2 student.optimizer.lr=1e-2 data.augment.shift=3 search.num_trials=7 "
        "'compare=[{alpha: 0.9, temperature: 4}]' description='two words'",
    )
    plain = load_sweep(path)
    assert sweep.seeds == 2
    assert sweep.student.optimizer == OptimizerConfig(lr=0.01)
    assert sweep.data.augment == AugmentConfig(shift=3)
    assert sweep.search == SearchConfig(num_trials=7)
    assert sweep.compare == (Setting(alpha=0.9, temperature=4),)
    assert sweep.description == "two words"
    assert sweep.teacher == plain.teacher
    assert plain.search is None


def test_a_short_form_grows_into_a_mapping(write):
    path = write(MINIMAL.replace("mnist_mlp, epochs: 3", "mnist_mlp, epochs: 3, optimizer: sgd"))
    assert load_sweep(path, "student.optimizer.momentum=0.5").student.optimizer == OptimizerConfig(
        name="sgd", momentum=0.5
    )
    path = write(MINIMAL.replace('mnist5k"', 'mnist5k", augment: none'))
    assert load_sweep(path, "data.augment.flip=true").data.augment == AugmentConfig(flip=True)


def test_an_assignment_changes_one_user_of_a_yaml_alias(write):
    text = MINIMAL.replace("teacher: {", "teacher: &net {").replace("{model: mnist_mlp, epochs: 3}", "*net")
    sweep = load_sweep(write(text), "student.epochs=9")
    assert (sweep.teacher.epochs, sweep.student.epochs) == (2, 9)
    text = MINIMAL.replace("cnn, epochs: 2", "cnn, epochs: 2, optimizer: &o {lr: 0.5}")
    text = text.replace("mlp, epochs: 3", "mlp, epochs: 3, optimizer: *o")
    sweep = load_sweep(write(text), "student.optimizer.lr=0.25")
    assert (sweep.teacher.optimizer.lr, sweep.student.optimizer.lr) == (0.5, 0.25)


def test_the_last_of_two_assignments_counts(write):
    assert load_sweep(write(MINIMAL), "seeds=2 seeds=3").seeds == 3


KEYS = st.lists(st.from_regex(r"[a-z_]{1,6}", fullmatch=True), min_size=1, max_size=3)
VALUES = st.integers() | st.booleans() | st.none() | st.floats(-1e6, 1e6).map(lambda value: round(value, 3))


@given(st.lists(st.tuples(KEYS, VALUES), max_size=4))
def test_assignments_are_read_as_they_were_written(pairs):
    words = " ".join(f"{'.'.join(key)}={yaml.safe_dump(value).splitlines()[0]}" for key, value in pairs)
    assert parse_overrides(words) == pairs


def test_numbers_with_an_exponent_are_numbers(write):
    # YAML 1.1 reads 1e-3, without a point, as a word.
    assert load_sweep(write(MINIMAL), "student.optimizer.lr=1e-3").student.optimizer.lr == 0.001


def test_a_grid_runs_every_cell_unless_told_otherwise(write):
    alphas, temperatures = [k / 10 for k in range(6)], [1, 2, 4, 8, 16]
    space = {"alpha": {"values": alphas}, "temperature": {"values": temperatures}}
    text = MINIMAL + yaml.safe_dump({"search": {"sampler": "grid", "space": space}})
    sweep = load_sweep(write(text))
    assert sweep.search.num_trials is None
    assert Sweep.model_validate_json(sweep.model_dump_json()) == sweep
    assert load_sweep(write(text), "search.num_trials=8").search.num_trials == 8


def test_reading_gives_the_mapping_as_it_stands(write):
    assert read_yaml(write("a: {b: [1, x]}")) == {"a": {"b": [1, "x"]}}


# From a sweep to its runs.


def several(write, *teachers):
    """The plan of the minimal sweep with these teachers."""
    text = MINIMAL.replace("teacher: {model: mnist_cnn, epochs: 2}", f"teachers: [{', '.join(teachers)}]")
    return Plan(load_sweep(write(text)), "0" * 16)


def test_equal_teachers_have_seeds_of_their_own(write):
    alone = Plan(load_sweep(write(MINIMAL)), "0" * 16)
    plan = several(write, CNN, CNN, "{model: mnist_cnn, epochs: 3}", CNN)
    assert [run.config.seed for run in plan.teachers] == [0, 1, 0, 2]
    assert plan.teachers[0] == alone.teachers[0]
    assert len({run.id for run in plan.teachers}) == 4


def test_all_teachers_and_not_their_order_name_the_logits(write):
    other = "{model: small_resnet, epochs: 3}"
    plan = several(write, CNN, other)
    assert {plan.logits.config.teacher, *plan.logits.config.more_teachers} == {run.id for run in plan.teachers}
    assert several(write, other, CNN).logits == plan.logits
    assert len({several(write, *teachers).logits.id for teachers in ([CNN, CNN], [CNN, other], [CNN, CNN, other])}) == 3


def test_one_teacher_is_written_as_it_was_before_there_could_be_more(write):
    content = load_sweep(write(MINIMAL)).model_dump(mode="json")
    assert "teachers" not in content
    sweep = several(write, CNN, CNN).sweep
    assert "teacher" not in sweep.model_dump(mode="json")
    assert Sweep.model_validate_json(sweep.model_dump_json()) == sweep


def test_a_teacher_that_is_not_trained_counts_once(write, tmp_path):
    for name in ("one", "copy"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "model.safetensors").write_bytes(b"weights")
    one, copy = (f"{{model: mnist_cnn, epochs: 0, checkpoint: {tmp_path}/{name}}}" for name in ("one", "copy"))
    with pytest.raises(InputError, match=r"teachers\.2: with epochs 0 the same model as teachers\.0; list it once"):
        several(write, one, CNN, copy)
    tuned = one.replace("epochs: 0", "epochs: 1")
    assert [run.config.seed for run in several(write, tuned, tuned, copy).teachers] == [0, 1, 0]


def test_only_runs_that_a_change_concerns_get_new_names(write):
    path = write(MINIMAL + "compare: [{alpha: 0.9, temperature: 4}]\n")

    def names(overrides=""):
        plan = Plan(load_sweep(path, overrides), "0" * 16)
        return {
            "teacher": plan.teachers[0].id,
            "logits": plan.logits.id,
            "baseline": [run.id for run in plan.baselines],
            "compare": [run.id for runs in plan.compares for run in runs],
            "trial": plan.trial(plan.sweep.distill).id,
        }

    plain = names()

    def changed(overrides):
        return {stage for stage, name in names(overrides).items() if name != plain[stage]}

    assert changed("teacher.epochs=9") == {"teacher", "logits", "compare", "trial"}
    assert changed("student.epochs=9") == {"baseline", "compare", "trial"}
    assert changed("student.optimizer.lr=0.5") == {"baseline", "compare", "trial"}
    assert changed("compare=[]") == {"compare"}
    assert changed("distill.alpha=0.25") == {"trial"}
    assert changed("search.seed=5") == {"trial"}
    assert changed("data.max_test=50") == set(plain)
    assert changed("data.source=folder:/moved") == set()
    assert changed("description=better reference.source=paper search.num_trials=3") == set()
    assert len(names("seeds=9")["baseline"]) == 9
    assert names("seeds=9")["baseline"][:5] == plain["baseline"]


def test_a_models_own_augmentation_replaces_that_of_the_data(write):
    plan = Plan(load_sweep(write(MINIMAL), "data.augment.shift=3 teacher.augment.flip=true"), "0" * 16)
    assert plan.teachers[0].config.augment == AugmentConfig(flip=True)
    assert plan.baselines[0].config.augment == AugmentConfig(shift=3)
    assert plan.logits.config.augment == AugmentConfig(shift=3)
    assert plan.logits.config.num_views == 3  # one for each of the student's epochs
    assert all(isinstance(run.config, TrainConfig) and run.config.training.augment is None for run in plan.baselines)


def test_baseline_and_final_have_the_same_seeds_training_and_views(write):
    plan = Plan(load_sweep(write(MINIMAL), "data.augment.shift=1"), "0" * 16)
    for baseline, final in zip(plan.baselines, plan.finals(plan.sweep.distill), strict=True):
        differing = {"role", "distill", "logits"}
        assert baseline.config.model_dump(exclude=differing) == final.config.model_dump(exclude=differing)
        assert final.config.logits == plan.logits.id
