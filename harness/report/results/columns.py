"""The columns of ``frames``, in their order, with their dtypes; what they hold is said there."""

OF_RUN = {"run": "str", "role": "str", "arm": "str", "seed": "Int64"}
"""What tells a row's run; the first columns of every table of runs."""

RUNS = OF_RUN | {
    "trial": "Int64",
    "model": "str",
    "loss": "str",
    "alpha": "float64",
    "temperature": "float64",
    "state": "str",
    "failure": "str",
    "num_epochs": "Int64",
    "planned_epochs": "Int64",
    "val_accuracy": "float64",
    "val_nll": "float64",
    "test_accuracy": "float64",
    "test_top5": "float64",
    "test_nll": "float64",
    "test_ece": "float64",
    "num_parameters": "Int64",
    "macs": "Int64",
    "num_attempts": "int64",
    "num_preemptions": "int64",
    "hosts": "str",
    "devices": "str",
    "training_seconds": "float64",
    "wall_hours": "float64",
    "gpu_hours": "float64",
    "core_hours": "float64",
    "num_unknown_attempts": "int64",
}
HISTORY = OF_RUN | {
    "epoch": "int64",
    "lr": "float64",
    "train_loss": "float64",
    "soft_loss": "float64",
    "hard_loss": "float64",
    "feature_loss": "float64",
    "unlabeled_loss": "float64",
    "temperature": "float64",
    "train_accuracy": "float64",
    "val_loss": "float64",
    "val_accuracy": "float64",
    "seconds": "float64",
    "images_per_s": "float64",
}
TRIALS = {
    "method": "str",
    "trial": "int64",
    "run": "str",
    "alpha": "float64",
    "temperature": "float64",
    "state": "str",
    "metric": "str",
    "value": "float64",
    "num_seeds": "int64",
    "mean_value": "float64",
    "num_epochs": "Int64",
    "is_best": "bool",
}
PREDICTIONS = OF_RUN | {
    "image": "int64",
    "label": "int64",
    "predicted": "int64",
    "is_right": "bool",
    "label_probability": "float64",
    "predicted_probability": "float64",
}
CLASSES = OF_RUN | {
    "class": "int64",
    "class_name": "str",
    "num_images": "int64",
    "num_errors": "int64",
    "num_predicted": "int64",
    "error_rate": "float64",
    "f1": "float64",
}
