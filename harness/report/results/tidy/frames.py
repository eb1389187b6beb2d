"""A sweep's results as tidy pandas DataFrames: ``from harness import load_study``.

Nothing here is reckoned that the result files do not hold. pandas is loaded with the first table that is asked for.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from harness.report.results.reading.reader import read_students
from harness.report.results.sweep_results import Results, RunResult
from harness.report.results.tidy.columns import CLASSES, HISTORY, PREDICTIONS, RUNS, TRIALS
from harness.report.results.whose import Whose, whose_runs
from kd.errors import InputError, UnreadableFileError
from kd.model_card import public_title
from kd.remedies import did_you_mean
from kd.scores import balanced_accuracy, f1_of_classes, macro_f1

if TYPE_CHECKING:
    from pandas import DataFrame


def load(folder: Path | str, student: str | None = None) -> "StudyFrames":
    """A sweep's results, finished or not, as they are now; of several students, one's.

    Runs that have not begun, failed or were pruned have a row all the same, and what is missing is NaN or NA. A damaged
    file counts as missing and is listed in ``unreadable``.

    Args:
        folder: Of one sweep, such as ``results/quickstart``.
        student: The name of one of several; None for the first of them.

    Raises:
        InputError: It holds no ``sweep.yaml``, or one that cannot be read, or the sweep has no such student.
    """
    folder = Path(folder)
    try:
        students = {one.plan.student_key: one for one in read_students(folder)}
        if student is not None and student not in students:
            known = ", ".join(filter(None, students)) or "one, without a name"
            raise InputError(f"{folder}: no student {student!r}{did_you_mean(student, students)}; there are {known}")
        return StudyFrames(next(iter(students.values())) if student is None else students[student])
    except (FileNotFoundError, NotADirectoryError) as error:
        found = sorted(str(path.parent) for path in folder.glob("*/sweep.yaml"))
        remedy = f"there are in {', '.join(found)}" if found else "give a sweep's folder, such as results/quickstart"
        raise InputError(f"{folder}: no results of a sweep here (no sweep.yaml); {remedy}") from error
    except UnreadableFileError as error:
        raise InputError(str(error)) from error


class StudyFrames:
    """The tables of one sweep; each is made when it is first asked for.

    ``str`` columns hold NaN and ``Int64`` columns NA where there is nothing to say. Shares and probabilities are from 0
    to 1, not in percent. Every table but ``trials`` begins with the run's name and what tells it apart:

    Columns:
        run (str): the run's folder in runs/; joins the tables
        role (str): teacher, logits, baseline, search, compare, final, variant, test or extra_test: what it is for
        arm (str): runs alike but for the seed: teacher, baseline, distilled, compare1 …; NaN for trials, logits, test
        seed (Int64): of the training

    Attributes:
        unreadable: Files that could not be used, by their path in the sweep's folder.
    """

    def __init__(self, results: Results) -> None:
        self._results = results
        self.unreadable = tuple(file.path for file in results.unreadable)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._results.folder}: runs, history, trials, predictions, classes>"

    @cached_property
    def runs(self) -> "DataFrame":
        """Every run that the sweep is known to need, in the order of the stages.

        Columns:
            method (str): whose trial or final run it is, as in `trials`; NaN elsewhere
            variant (str): what is changed about the distilled student: smoothed_labels, shuffled_dark …; NaN elsewhere
            trial (Int64): number in the search, from 0
            model (str): of the network that is trained
            loss (str): kind of the distillation loss; NaN where there is no teacher
            alpha (float64): weight of the soft loss
            temperature (float64): T of the soft loss
            state (str): complete, pruned, failed, interrupted, running, queued, not started or unreadable
            failure (str): why it failed for good
            num_epochs (Int64): epochs done
            planned_epochs (Int64): epochs to do
            val_accuracy (float64): share of val images read right, after the last epoch so far
            val_nll (float64): mean over val images of -log of the label's probability, in nats, at the end
            test_accuracy (float64): share of test images read right
            test_top5 (float64): share of test images whose label is among the five likeliest classes
            test_nll (float64): as val_nll, on test
            test_ece (float64): expected calibration error on test, 15 bins
            test_balanced_accuracy (float64): mean over classes of the share of their test images read right
            test_macro_f1 (float64): mean over classes of their F1 on test
            num_parameters (Int64): of the model
            macs (Int64): multiply-accumulates for one image
            num_attempts (int64): executions, the first and each after an interruption
            num_preemptions (int64): attempts that were preempted or stopped
            hosts (str): machines it ran on, with spaces between them
            devices (str): what it ran on there, with commas between them
            training_seconds (float64): sum of its epochs
            wall_hours (float64): of its attempts, with start-up and evaluation; its share of those of several runs
            gpu_hours (float64): the same on GPUs, times their number
            core_hours (float64): the same on CPUs, times processes and threads
            num_unknown_attempts (int64): attempts of unknown length, which are in no hours
        """
        numbers = {
            run_id: trial.number
            for one in self._results.searched
            for trial in one.trials.trials
            for run_id in trial.run_ids
        }
        ensemble = {run.id: run for run in self._results.arms[0].runs}  # a logits run, with what its teachers score
        runs = (ensemble.get(run.id, run) for run in self._results.all_runs())
        return _frame(RUNS, [self._run_row(run, numbers.get(run.id)) for run in runs])

    @cached_property
    def history(self) -> "DataFrame":
        """Every epoch that every run has finished. Losses are means over images.

        Columns:
            epoch (int64): counted from 1
            lr (float64): learning rate of its last step
            train_loss (float64): what was minimised
            soft_loss (float64): its teacher's part, T² included; NaN without a teacher
            hard_loss (float64): its labels' part, cross-entropy in nats
            feature_loss (float64): what features of its teacher add, by their weights; NaN without them
            unlabeled_loss (float64): soft loss of images without labels; NaN without them. All else is of labelled ones
            temperature (float64): of the loss, where it changes from epoch to epoch; NaN elsewhere
            train_accuracy (float64): share of training images read right; mixed ones, as their larger part
            val_loss (float64): cross-entropy on val, in nats
            val_accuracy (float64): share of val images read right
            val_balanced_accuracy (float64): mean of this share over classes; NaN where they differ little in size
            seconds (float64): it took, with its evaluation on val; its share where several runs train together
            images_per_s (float64): training images, over these seconds
        """
        rows = [
            self._labels[run.id] | epoch.model_dump()
            for run in self._results.all_runs()
            for epoch in (run.history.epochs if run.history else ())
        ]
        return _frame(HISTORY, rows)

    @cached_property
    def trials(self) -> "DataFrame":
        """Every search, trial by trial; empty without one.

        After these columns there is one for each other searched dimension, by its name, such as student.optimizer.lr.

        Columns:
            method (str): whose search it is: a method's name, or baseline for the student alone
            trial (int64): number in the search, from 0
            run (str): the run that carried it out; two trials of one setting share it
            alpha (float64): weight of the soft loss; NaN of the baseline's
            temperature (float64): T of the soft loss; NaN of the baseline's
            state (str): its run's
            metric (str): what is searched for: val_accuracy, val_balanced_accuracy (shares) or val_loss (nats)
            value (float64): the metric after the last epoch
            num_seeds (int64): trainings of this setting: more than one where it was among the best and repeated
            mean_value (float64): the metric's mean over these, by which is chosen
            num_epochs (Int64): epochs done
            is_best (bool): the trial that was chosen
        """
        search, rows = self._results.plan.sweep.search, []
        searched = dict.fromkeys(name for one in self._results.searched for name in one.method.space)
        others = [name for name in searched if name not in TRIALS]
        for one in self._results.searched:
            for trial in one.trials.trials:
                run = self._results.trial_runs.get(trial.run_id)
                rows.append({
                    "method": one.method.name,
                    "trial": trial.number,
                    "run": trial.run_id,
                    "alpha": trial.alpha,
                    "temperature": trial.temperature,
                    "state": trial.state,
                    "metric": search.metric if search else None,
                    "value": trial.value,
                    "num_seeds": len(trial.run_ids),
                    "mean_value": trial.mean,
                    "num_epochs": run.num_epochs if run else None,
                    "is_best": one.best is not None and trial.number == one.best.number,
                    **{name: trial.params.get(name) for name in others},
                })  # fmt: skip
        return _frame(TRIALS | dict.fromkeys(others, "object"), rows).infer_objects()

    @cached_property
    def predictions(self) -> "DataFrame":
        """What every tested model says of every test image; empty before the test run.

        Of several teachers there is also their ensemble, the arm "teacher", under the logits run's name.

        Columns:
            image (int64): position among the test images, from 0
            label (int64): true class
            predicted (int64): class of the largest logit
            is_right (bool): whether they are the same
            label_probability (float64): softmax probability (T = 1) of the true class; NaN of a diverged model
            predicted_probability (float64): the largest one: the model's confidence
        """
        import pandas as pd

        test = self._results.test
        parts = []
        if test is not None and test.labels_N is not None:
            for run_id, logits_NC in test.logits.items():
                columns = self._labels.get(run_id, {"run": run_id}) | _of_images(logits_NC, test.labels_N)
                parts.append(pd.DataFrame(columns, columns=list(PREDICTIONS)).astype(PREDICTIONS))
        return pd.concat(parts, ignore_index=True) if parts else _frame(PREDICTIONS, [])

    @cached_property
    def classes(self) -> "DataFrame":
        """How every tested model does on each class of the test images; empty before the test run.

        Recall is ``1 - error_rate``, precision ``(num_images - num_errors) / num_predicted``.

        Columns:
            class (int64): its number
            class_name (str): its name, or the number again where that is not known
            num_images (int64): test images of the class
            num_errors (int64): of these, read as another class
            num_predicted (int64): test images of any class read as this one
            error_rate (float64): num_errors / num_images; NaN where there are no images
            f1 (float64): 2 TP / (2 TP + FP + FN); NaN where no image is of the class and none was read as it
        """
        scores = self._results.test.scores if self._results.test else {}
        return _frame(
            CLASSES, [row for run_id, one in scores.items() for row in self._class_rows(run_id, one.confusion)]
        )

    @cached_property
    def _whose(self) -> dict[str, Whose]:
        return whose_runs(self._results)

    @cached_property
    def _labels(self) -> dict[str, dict[str, Any]]:
        """The columns ``OF_RUN`` of every run, and of the ensemble, by id."""
        runs = [*self._results.all_runs(), *(run for arm in self._results.arms for run in arm.runs)]
        return {
            run.id: {
                "run": run.id,
                "role": run.run.config.role,
                "arm": self._whose.get(run.id, Whose()).arm,
                "seed": run.training.seed if run.training else None,
            }
            for run in runs
        }

    def _run_row(self, run: RunResult, trial: int | None) -> dict[str, Any]:
        test = self._results.test.scores.get(run.id) if self._results.test else None
        time, whose = self._results.machine_times[run.id], self._whose.get(run.id, Whose())
        return self._labels[run.id] | {
            **_asked(run),
            "method": whose.method,
            "variant": whose.variant,
            "trial": trial,
            "state": run.state,
            "failure": run.failure.reason if run.failure else None,
            "num_epochs": run.num_epochs,
            "val_accuracy": run.val_accuracy,
            "val_nll": run.metrics.val.nll if run.metrics and run.metrics.val else None,
            **({f"test_{name}": getattr(test, name) for name in ("accuracy", "top5", "nll", "ece")} if test else {}),
            "test_balanced_accuracy": balanced_accuracy(test.confusion) if test else None,
            "test_macro_f1": macro_f1(test.confusion) if test else None,
            "num_parameters": run.metrics.size.num_parameters if run.metrics and run.metrics.size else None,
            "macs": run.metrics.size.macs if run.metrics and run.metrics.size else None,
            "num_attempts": len(run.attempts),
            "num_preemptions": run.num_preemptions,
            "hosts": " ".join(run.hosts) or None,
            "devices": ", ".join(run.devices) or None,
            "training_seconds": run.training_seconds,
            "wall_hours": time.wall_hours,
            "gpu_hours": time.gpu_hours,
            "core_hours": time.core_hours,
            "num_unknown_attempts": time.num_unknown,
        }

    def _class_rows(self, run_id: str, confusion: list[list[int]]) -> Iterator[dict[str, Any]]:
        counts_CC = np.array(confusion)
        names, f1_C = self._results.class_names, f1_of_classes(counts_CC)
        for index, row_C in enumerate(counts_CC):
            num_images, num_errors = int(row_C.sum()), int(row_C.sum() - row_C[index])
            yield self._labels.get(run_id, {"run": run_id}) | {
                "class": index,
                "class_name": names[index] if len(names) == len(counts_CC) else str(index),
                "num_images": num_images,
                "num_errors": num_errors,
                "num_predicted": int(counts_CC[:, index].sum()),
                "error_rate": num_errors / num_images if num_images else None,
                "f1": float(f1_C[index]),
            }


def _asked(run: RunResult) -> dict[str, Any]:
    """What a training was asked to do; nothing of what is none."""
    config = run.training
    if config is None:
        return {}
    asked = {"model": public_title(config.training), "planned_epochs": config.training.epochs}
    return asked | (config.distill.model_dump(include={"loss", "alpha", "temperature"}) if config.distill else {})


def _of_images(logits_NC: NDArray[np.floating], labels_N: NDArray[np.int64]) -> dict[str, NDArray[Any]]:
    """The columns of a model's predictions."""
    from scipy.special import softmax

    with np.errstate(invalid="ignore"):  # a diverged model's probabilities are NaN
        probabilities_NC = softmax(logits_NC.astype(np.float64), axis=1)
    images, predicted_N = np.arange(len(labels_N)), logits_NC.argmax(axis=1)
    return {
        "image": images,
        "label": labels_N,
        "predicted": predicted_N,
        "is_right": predicted_N == labels_N,
        "label_probability": probabilities_NC[images, labels_N],
        "predicted_probability": probabilities_NC[images, predicted_N],
    }


def _frame(columns: Mapping[str, str], rows: Iterable[Mapping[str, Any]]) -> "DataFrame":
    """A table with these columns and dtypes, also where there are no rows."""
    import pandas as pd

    # Of objects first: integers with holes would pass through floats.
    return pd.DataFrame([[row.get(name) for name in columns] for row in rows], columns=[*columns], dtype=object).astype(
        dict(columns)
    )
