"""Tiny networks with random weights in the layout of the Hugging Face Hub."""

import json

import torch
from transformers import (
    DeiTConfig,
    DeiTForImageClassification,
    DeiTForImageClassificationWithTeacher,
    ResNetConfig,
    ResNetForImageClassification,
    ViTConfig,
    ViTForImageClassification,
)

from kd.records import ModelCard

SHAPE = (3, 8, 8)
NAMES = ["ant", "bee", "cat"]
TINY = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16}
PROCESSOR = {
    "image_processor_type": "ViTImageProcessor",
    "size": {"height": 16, "width": 16},
    "resample": 2,
    "image_mean": [0.5] * 3,
    "image_std": [0.25] * 3,
}


def make(folder, kind="vit", num_labels=3, labels=None, processor=PROCESSOR):
    """A tiny model with random weights in a folder of Hugging Face layout."""
    torch.manual_seed(1)
    names = {"id2label": dict(enumerate(labels))} if labels else {"num_labels": num_labels}
    kinds = {
        "vit": lambda: ViTForImageClassification(ViTConfig(**TINY, image_size=16, patch_size=8, **names)),
        "deit": lambda: DeiTForImageClassification(DeiTConfig(**TINY, image_size=16, patch_size=8, **names)),
        "deit-teacher": lambda: DeiTForImageClassificationWithTeacher(
            DeiTConfig(**TINY, image_size=16, patch_size=8, **names)
        ),
        "resnet": lambda: ResNetForImageClassification(
            ResNetConfig(
                embedding_size=8, hidden_sizes=[8, 16], depths=[1, 1], layer_type="basic", num_channels=3, **names
            )
        ),
    }
    kinds[kind]().save_pretrained(folder)
    if processor is not None:
        (folder / "preprocessor_config.json").write_text(json.dumps(processor))
    return folder


def images(num=2, shape=SHAPE, seed=0):
    return torch.randint(0, 256, (num, *shape), dtype=torch.uint8, generator=torch.Generator().manual_seed(seed))


def card(name):
    return ModelCard(model=name, num_classes=3, input_shape=SHAPE, class_names=NAMES)
