"""What a run is: frozen configuration models, without torch.

A run is a pure function of its configuration, so the configuration names the run's folder.
"""

from kd.config.base import Config
from kd.config.data import MAX_NUM_OPS, MAX_PIXELS, AugmentConfig, DataConfig, Part, RandAugmentConfig, StoredData
from kd.config.distill import (
    BUILT_IN_OPTIONS,
    LOSS_NAMES,
    Alpha,
    Control,
    DistillConfig,
    HasSetting,
    Temperature,
    setting_number,
    setting_numbers,
    setting_words,
)
from kd.config.features import PUBLISHED_WEIGHTS, FeatureConfig, FeatureLoss, feature_words
from kd.config.runs import LogitsConfig, LogitsType, Role, RunConfig, TestConfig, TrainConfig, pack_key, run_id
from kd.config.training import (
    HF_PREFIX,
    MODEL_FORMS,
    MODELS,
    TIMM_PREFIX,
    TORCHVISION_PREFIX,
    Arguments,
    ModelArguments,
    ModelTraining,
    Normalization,
    OptimizerConfig,
    Precision,
    ScheduleConfig,
    is_import_path,
    is_of_library,
)
from kd.config.unlabeled import UnlabeledConfig, UnlabeledImages

__all__ = [
    "BUILT_IN_OPTIONS",
    "HF_PREFIX",
    "LOSS_NAMES",
    "MAX_NUM_OPS",
    "MAX_PIXELS",
    "MODELS",
    "MODEL_FORMS",
    "PUBLISHED_WEIGHTS",
    "TIMM_PREFIX",
    "TORCHVISION_PREFIX",
    "Alpha",
    "Arguments",
    "AugmentConfig",
    "Config",
    "Control",
    "DataConfig",
    "DistillConfig",
    "FeatureConfig",
    "FeatureLoss",
    "HasSetting",
    "LogitsConfig",
    "LogitsType",
    "ModelArguments",
    "ModelTraining",
    "Normalization",
    "OptimizerConfig",
    "Part",
    "Precision",
    "RandAugmentConfig",
    "Role",
    "RunConfig",
    "ScheduleConfig",
    "StoredData",
    "Temperature",
    "TestConfig",
    "TrainConfig",
    "UnlabeledConfig",
    "UnlabeledImages",
    "feature_words",
    "is_import_path",
    "is_of_library",
    "pack_key",
    "run_id",
    "setting_number",
    "setting_numbers",
    "setting_words",
]
