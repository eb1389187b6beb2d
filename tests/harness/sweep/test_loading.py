"""A sweep file is understood, or refused in one line that says what to do."""

import hashlib
import shlex
import sys
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from harness.sweep.loading import find_sweep, load_sweep, parse_overrides, read_yaml
from harness.sweep.plan import Plan
from harness.sweep.schema import Setting, Sweep
from harness.sweep.search.config import SearchConfig
from kd.config import AugmentConfig, OptimizerConfig
from kd.errors import InputError
from kd.model_source import source_sha256
from tests.support.sweep_files import CNN, MINIMAL, MLP, refusal

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
            "compare.0: unknown key alfa (did you mean alpha?); allowed: loss, alpha, temp",
        ),
        ("student.epochs=many", "student.epochs: Input should be a valid integer"),
        ("student.epochs=many", ", got 'many'"),
        ("student.epochs=1.5", "student.epochs: "),
        ("student.epochs=0", "student: epochs must be at least 1: a new mnist_mlp knows nothing; 0 is for a"),
        ("student.epochs=0 student.checkpoint=x", "student.epochs must be at least 1; only a teacher"),
        ("distill.beta=2", "distill: beta is an option of dkd, not of kd"),
        ("distill.loss=dkdd", "distill.loss: no such loss (did you mean dkd?); there are kd, soft_ce,"),
        (
            "distill.options.delta=1",
            "distill: options are for a loss of your own, package.module:function; kd has none",
        ),
        (
            "distill.loss=a:b distill.options.delta=1e-3",
            "distill.options.delta: is a text to YAML; write a number with",
        ),
        ("distill.loss=a:b distill.options=[1]", "distill.options: Input should be a valid dictionary"),
        ("distill.loss=a:b distill.options.delta=[1]", "distill.options.delta: an option is a number, a text, true or"),
        ("distill.scale=0", "distill.scale: Input should be greater than 0, got 0"),
        ("distill.warmup_epochs=2.5", "distill.warmup_epochs: Input should be a valid integer"),
        ("distill.temperature_schedule=cosine", "distill: temperature_end goes together with temperature_schedule"),
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
        ("student.optimizer=lion", "student.optimizer: Input should be 'sgd', 'adam' or 'adamw', got 'lion'"),
        ("'compare=[{alpha: 2, temperature: 2}]'", "compare.0.alpha: Input should be less than or equal to 1, got 2"),
        ("'compare=[{alpha: 0.5}]'", "compare.0.temperature: missing"),
        (
            "search.space.alpha.low=0 search.space.alpha.high=1.5",
            "search.space.alpha.high: Input should be less than or equal to 1, got 1.5",
        ),
        (
            "search.space.temperature.low=0 search.space.temperature.high=9",
            "search.space.temperature.low: Input should be greater than 0, got 0.0",
        ),
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
        ("compare.1.alpha=1", "SET: compare.1.alpha: '1' is no entry of a list of 1; they count from 0"),
        ("compare.first.alpha=1", "SET: compare.first.alpha: 'first' is no entry of a list of 1"),
        ("compare.0.alpha=2", "compare.0.alpha: Input should be less than or equal to 1, got 2"),
        (
            f"'students=[{MLP}]'",
            "give student, or a list of students, not both; a value of one in a list is students.0.",
        ),
        (f"'student=[{MLP}, {MLP}]'", "student: is one mapping; a list goes under students"),
        ("student=null", "give student, or a list of students"),
        ("student=null students=[]", "students: Tuple should have at least 1 item"),
        (f"student=null 'students=[{MLP}, {MLP}]'", "students.1: the same training as students.0; list it once"),
        (
            f"student=null 'students=[{MLP}, {MLP}]' data.augment.shift=1 students.1.augment.shift=1",
            "students.1: the same training as students.0; list it once",
        ),
        (
            f"student=null 'students=[{MLP}, {MLP}]' students.0.name=one students.1.name=One students.1.epochs=3",
            "students.1: One is the name of students.0 too; give one of them another name",
        ),
        (
            f"student=null 'students=[{MLP}, {MLP}]' students.1.name=../up",
            "students.1.name: String should match pattern",
        ),
        (f"student=null 'students=[{MLP}, {MLP}]' students.1.epochs=0", "students.1: epochs must be at least 1: a new"),
        (
            f"student=null 'students=[{MLP}, {MLP}]' students.1.epochs=1 distill.warmup_epochs=2",
            "distill.warmup_epochs: 2 of 1 epochs: the training would end in the warm-up of its soft term",
        ),
        (
            f"student=null 'students=[{MLP}, {{modle: mnist_mlp, epochs: 2}}]'",
            "students.1.modle: unknown key (did you mean model?); allowed: model, arguments, checkpoint, ",
        ),
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
            "teachers.2.modle: unknown key (did you mean model?); allowed: model, arguments, checkpoint, ",
        ),
        (f"teacher=null 'teachers=[{CNN}, {{epochs: 2}}]'", "teachers.1.model: missing"),
        (
            f"teacher=null 'teachers=[{CNN}, {{model: mnist_cnn, epochs: 1, checkpoint: nowhere}}]'",
            "teachers.1.checkpoint: no file or folder ",
        ),
    ],
)
def test_errors_are_one_line_with_file_key_value_and_what_is_allowed(write_sweep, overrides, says):
    path = write_sweep(MINIMAL + 'compare: [{alpha: 0.9, temperature: 4}]\ndescription: ""\n')
    message = refusal(path, overrides)
    assert message.startswith(("SET: ", f"SET with {path}: "))
    assert says in message


def test_the_file_is_to_blame_for_what_stands_in_it(write_sweep):
    path = write_sweep(MINIMAL + "seeds: many\n")
    assert refusal(path, "student.epochs=3").startswith(f"{path}: seeds: ")


def test_a_missing_key_is_named(write_sweep):
    assert refusal(write_sweep("name: x\ndata: {source: x}\nteacher: {model: mnist_cnn, epochs: 1}")).endswith(
        ": give student, or a list of students"
    )


def test_a_line_end_is_no_part_of_a_name(write_sweep):
    assert "name: String should match pattern" in refusal(write_sweep(MINIMAL.replace("small", '"small\\n"')))


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
def test_files_that_are_no_sweep(write_sweep, text, says):
    path = write_sweep(text)
    message = refusal(path)
    assert message.startswith(str(path))
    assert says in message


def test_a_merged_key_may_be_replaced(write_sweep):
    text = "base: {b: &b {<<: {x: 1}, x: 2}}\nc: {<<: *b, x: 3}\n"
    assert read_yaml(write_sweep(text)) == {"base": {"b": {"x": 2}}, "c": {"x": 3}}


def test_a_file_that_cannot_be_read(tmp_path):
    assert refusal(tmp_path / "none.yaml") == f"{tmp_path}/none.yaml: No such file or directory"
    assert refusal(tmp_path) == f"{tmp_path}: Is a directory"


# A checkpoint.


def test_a_checkpoint_is_known_by_its_weights(write_sweep, tmp_path):
    def name(place, content, overrides=""):
        folder = tmp_path / place
        folder.mkdir(exist_ok=True)
        (folder / "model.safetensors").write_bytes(content)
        text = MINIMAL.replace("mnist_cnn, epochs: 2", f"mnist_cnn, epochs: 0, checkpoint: {folder}")
        sweep = load_sweep(write_sweep(text), overrides)
        assert sweep.teacher.checkpoint == str(folder)
        assert sweep.teacher.checkpoint_sha256 == hashlib.sha256(content).hexdigest()
        assert Sweep.model_validate_json(sweep.model_dump_json()) == sweep
        plan = Plan(sweep, "0" * 16)
        return plan.teachers[0].id, plan.logits.id, plan.baselines()[0].id

    here = name("here", b"weights")
    assert name("there", b"weights") == here
    assert name("here", b"other")[:2] != here[:2]
    assert name("here", b"other")[2] == here[2]
    with pytest.raises(InputError, match=f"teacher.checkpoint_sha256: {tmp_path}/here holds .*, got 'abc'"):
        name("here", b"weights", "teacher.checkpoint_sha256=abc")


def test_a_loss_of_ones_own_is_known_by_its_source(write_sweep, tmp_path, monkeypatch):
    def plan(folder, source, overrides=""):
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / "losses_b.py").write_text(source)
        text = MINIMAL + "distill: {loss: 'losses_b:f', options: {delta: 2}}\n"
        with monkeypatch.context() as here:
            here.syspath_prepend(str(tmp_path / folder))
            sweep = load_sweep(write_sweep(text), overrides)
        assert Sweep.model_validate_json(sweep.model_dump_json()) == sweep
        plan = Plan(sweep, "0" * 16)
        trial = plan.trial({"alpha": 0.5, "temperature": 2.0})
        return plan.teachers[0].id, plan.logits.id, plan.baselines()[0].id, trial.id

    source = "raise SystemExit('imported')\n"
    here = plan("here", source)
    assert plan("there", source) == here
    changed = plan("there", "x = 1\n")
    assert changed[:3] == here[:3]
    assert changed[3] != here[3] != plan("here", source, "distill.options.delta=3")[3]
    assert "losses_b" not in sys.modules
    with pytest.raises(InputError, match=r"SET: distill\.loss_sha256: losses_b:f is .*, got 'abc'"):
        plan("here", source, "distill.loss_sha256=abc")


def test_every_loss_of_ones_own_is_pinned_wherever_it_is_named(write_sweep, tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "losses_d.py").write_text("x = 1\n")
    digest = source_sha256("losses_d:f")
    text = MINIMAL + (
        "methods: [kd, {loss: 'losses_d:f', name: mine}]\n"
        "compare: [{alpha: 1, temperature: 2}, {alpha: 1, temperature: 2, loss: 'losses_d:g'}]\n"
    )
    sweep = load_sweep(write_sweep(text))
    assert [method.loss_sha256 for method in sweep.methods] == [None, digest]
    assert [(loss.loss, loss.loss_sha256) for loss in sweep.compared_losses] == [("kd", None), ("losses_d:g", digest)]
    assert Sweep.model_validate_json(sweep.model_dump_json()) == sweep
    with pytest.raises(InputError, match=r"methods\.1\.loss_sha256: losses_d:f is .*, got 'abc'"):
        load_sweep(write_sweep(text.replace("name: mine", "loss_sha256: abc")))
    with pytest.raises(InputError, match=r"compare\.1\.loss_sha256: losses_d:g is .*, got 'abc'"):
        load_sweep(write_sweep(text.replace("'losses_d:g'", "'losses_d:g', loss_sha256: abc")))


def test_a_relative_checkpoint_stays_the_same_folder_from_elsewhere(write_sweep, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net").mkdir()
    (tmp_path / "net" / "model.safetensors").write_bytes(b"weights")
    assert load_sweep(write_sweep(MINIMAL), "student.checkpoint=net").student.checkpoint == str(tmp_path / "net")


def test_a_checkpoint_without_weights_is_refused(write_sweep, tmp_path):
    message = refusal(write_sweep(MINIMAL), f"teacher.checkpoint={tmp_path}/none")
    assert f"teacher.checkpoint: no file or folder {tmp_path}/none; give a model folder, or a .pth" in message
    (tmp_path / "empty").mkdir()
    message = refusal(write_sweep(MINIMAL), f"teacher.checkpoint={tmp_path}/empty")
    assert f"teacher.checkpoint: no .safetensors file in {tmp_path}/empty" in message


def test_a_file_of_weights_is_known_by_its_content(write_sweep, tmp_path):
    (tmp_path / "prod.pth").write_bytes(b"weights")
    text = MINIMAL.replace("mnist_cnn, epochs: 2", f"'nowhere:net', epochs: 0, checkpoint: {tmp_path}/prod.pth")
    teacher = load_sweep(write_sweep(text)).teacher
    assert teacher.checkpoint == str(tmp_path / "prod.pth")
    assert teacher.checkpoint_sha256 == hashlib.sha256(b"weights").hexdigest()


def test_another_sweep_s_model_is_looked_for_by_what_it_is_wanted_as(write_sweep, tmp_path):
    (tmp_path / "model.safetensors").write_bytes(b"weights")
    asked = []

    def locate(reference, role):
        asked.append((reference, role))
        return tmp_path

    overrides = "teacher.checkpoint=sweep:before student.checkpoint=sweep:before"
    sweep = load_sweep(write_sweep(MINIMAL), overrides, locate)
    assert asked == [("sweep:before", "teacher"), ("sweep:before", "student")]
    assert sweep.teacher.checkpoint == sweep.student.checkpoint == str(tmp_path)


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
    with pytest.raises(InputError, match=r"SWEEP: no file 'none\.yaml'; there are one, other"):
        find_sweep("none.yaml")


@pytest.mark.parametrize("name", ["../one", "sweeps/one", "/etc/passwd", "", ".", "-x", "a\nb", "o" * 256])
def test_a_name_never_leads_elsewhere(project, name):
    with pytest.raises(InputError, match=r"SWEEP: .* is no name: [^\n]*ends in \.yaml$"):
        find_sweep(name)


@pytest.mark.parametrize("name", ["o" * 300 + ".yaml", "a\nb.yaml", "a\0b.yaml", "/dev/null/x.yaml"])
def test_a_path_that_no_file_can_have_is_one_line(project, name):
    with pytest.raises(InputError, match=r"^SWEEP: no file '[^\n]*; there are one, other$"):
        find_sweep(name)


def test_a_file_that_no_person_wrote_is_one_line(project, monkeypatch):
    monkeypatch.setattr("harness.sweep.loading.MAX_BYTES", 5)
    with pytest.raises(InputError, match=r"^sweeps/one\.yaml: has \d+ bytes; at most 5 are read$"):
        load_sweep(find_sweep("one"))


def test_nesting_without_end_is_one_line(write_sweep):
    assert refusal(write_sweep("a: " + 5000 * "[")).endswith("it is nested too deeply")


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
def test_words_that_are_no_assignment(write_sweep, words, says):
    message = refusal(write_sweep(MINIMAL), words)
    assert message.startswith("SET: ")
    assert says in message


def test_assignments_reach_every_depth_and_leave_the_rest(write_sweep):
    path = write_sweep(MINIMAL + "search: null\n")
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


def test_a_short_form_grows_into_a_mapping(write_sweep):
    path = write_sweep(MINIMAL.replace("mnist_mlp, epochs: 3", "mnist_mlp, epochs: 3, optimizer: sgd"))
    assert load_sweep(path, "student.optimizer.momentum=0.5").student.optimizer == OptimizerConfig(
        name="sgd", momentum=0.5
    )
    path = write_sweep(MINIMAL.replace('mnist5k"', 'mnist5k", augment: none'))
    assert load_sweep(path, "data.augment.flip=true").data.augment == AugmentConfig(flip=True)


def test_an_assignment_changes_one_user_of_a_yaml_alias(write_sweep):
    text = MINIMAL.replace("teacher: {", "teacher: &net {").replace("{model: mnist_mlp, epochs: 3}", "*net")
    sweep = load_sweep(write_sweep(text), "student.epochs=9")
    assert (sweep.teacher.epochs, sweep.student.epochs) == (2, 9)
    text = MINIMAL.replace("cnn, epochs: 2", "cnn, epochs: 2, optimizer: &o {lr: 0.5}")
    text = text.replace("mlp, epochs: 3", "mlp, epochs: 3, optimizer: *o")
    sweep = load_sweep(write_sweep(text), "student.optimizer.lr=0.25")
    assert (sweep.teacher.optimizer.lr, sweep.student.optimizer.lr) == (0.5, 0.25)


@pytest.mark.parametrize(
    "path",
    [
        "my pets",
        "pets #1",
        "it's",
        'the "best"',
        "猫 и собаки",
        "a: b",
        "{a, b}",
        "*",
        "50%",
        "$HOME",
        "a\\b",
        "end ",
        "#",
    ],
)
def test_the_data_may_lie_in_a_folder_of_any_name(write_sweep, path):
    for source in (f"folder:/data/{path}", f"/data/{path}", f"./{path}"):
        sweep = load_sweep(write_sweep(MINIMAL), f"seeds=2 {shlex.quote(f'data.source={source}')} student.epochs=7")
        assert (sweep.data.source, sweep.seeds, sweep.student.epochs) == (source, 2, 7)


def test_a_source_in_quotes_of_its_own_is_read_without_them(write_sweep):
    assert load_sweep(write_sweep(MINIMAL), """data.source="'folder:my pets'" """).data.source == "folder:my pets"


@pytest.mark.parametrize("text", ["data.source=folder:my pets", "data.source=folder:it's"])
def test_a_value_that_wants_quotes_says_so(write_sweep, text):
    with pytest.raises(InputError, match=r"stands in quotes: data\.source='folder:my pets'"):
        load_sweep(write_sweep(MINIMAL), text)


@pytest.mark.parametrize(
    ("overrides", "splits"),
    [
        ("data.splits.test=null", {"test": None}),
        ("data.splits.train=fold1 data.splits.test=fold2", {"train": "fold1", "test": "fold2"}),
        ("data.splits='{train: .}'", {"train": "."}),
        ("data.splits=null", None),
    ],
)
def test_splits_can_be_named_behind_make(write_sweep, overrides, splits):
    assert load_sweep(write_sweep(MINIMAL), overrides).data.splits == splits


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ("data.splits.tset=null", "data.splits.tset"),
        ("data.duplicates=keep", "data.duplicates: Input should be 'warn', 'drop' or 'allow'"),
    ],
)
def test_keys_of_data_that_are_misspelt(write_sweep, overrides, message):
    with pytest.raises(InputError) as caught:
        load_sweep(write_sweep(MINIMAL), overrides)
    assert message in str(caught.value)


def test_the_last_of_two_assignments_counts(write_sweep):
    assert load_sweep(write_sweep(MINIMAL), "seeds=2 seeds=3").seeds == 3


KEYS = st.lists(st.from_regex(r"[a-z_]{1,6}", fullmatch=True), min_size=1, max_size=3)
VALUES = st.integers() | st.booleans() | st.none() | st.floats(-1e6, 1e6).map(lambda value: round(value, 3))


@given(st.lists(st.tuples(KEYS, VALUES), max_size=4))
def test_assignments_are_read_as_they_were_written(pairs):
    words = " ".join(f"{'.'.join(key)}={yaml.safe_dump(value).splitlines()[0]}" for key, value in pairs)
    assert parse_overrides(words) == pairs


def test_numbers_with_an_exponent_are_numbers(write_sweep):
    # YAML 1.1 reads 1e-3, without a point, as a word.
    assert load_sweep(write_sweep(MINIMAL), "student.optimizer.lr=1e-3").student.optimizer.lr == 0.001


def test_reading_gives_the_mapping_as_it_stands(write_sweep):
    assert read_yaml(write_sweep("a: {b: [1, x]}")) == {"a": {"b": [1, "x"]}}


# From a sweep to its runs.
