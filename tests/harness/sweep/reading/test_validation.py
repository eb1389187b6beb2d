"""What is wrong with a sweep file, in one line."""

import pytest

from tests.support.sweep_files import CNN, MINIMAL, MLP, refusal


@pytest.mark.parametrize(
    ("overrides", "says"),
    [
        (
            "distill.tempurature=2",
            "distill.tempurature: unknown key (did you mean temperature?); allowed: loss, alpha,",
        ),
        ("reference.sorce=x", "reference.sorce: unknown key (did you mean source?); allowed: source, protocol, "),
        ("'reference=[{sorce: x}]'", "reference.0.sorce: unknown key (did you mean source?); allowed: source, "),
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
        ("student.epochs=many", "student.epochs: a whole number is wanted, got 'many'"),
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
        ("distill.loss=a:b distill.options=[1]", "distill.options: a mapping is wanted"),
        ("distill.loss=a:b distill.options.delta=[1]", "distill.options.delta: an option is a number, a text, true or"),
        ("distill.scale=0", "distill.scale: Input should be greater than 0, got 0"),
        ("distill.warmup_epochs=2.5", "distill.warmup_epochs: a whole number is wanted, got 2.5"),
        ("distill.temperature_schedule=cosine", "distill: temperature_end goes together with temperature_schedule"),
        ("student.schedule=step", "student.schedule: step needs milestones"),
        (
            "student.model=small_resnt",
            "student.model: no such model (did you mean small_resnet?); there are mnist_cnn, ",
        ),
        ("student=mnist_mlp", "student: a mapping is wanted, got 'mnist_mlp'"),
        ("controls=smoothed_labels", "controls: a list is wanted, got 'smoothed_labels'"),
        ("corruptions=maybe", "corruptions: true or false is wanted, got 'maybe'"),
        ("distill.alpha=high", "distill.alpha: a number is wanted, got 'high'"),
        ("description=3", "description: text is wanted, got 3"),
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
