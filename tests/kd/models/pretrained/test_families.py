"""Every image classification family of the installed transformers: built small, fed as its own processor feeds it.

The weights are random, the processors the families' own with their sizes made small; nothing is downloaded.
"""

from typing import Any

import pytest
import torch
from transformers import AutoConfig
from transformers.models.auto.image_processing_auto import IMAGE_PROCESSOR_MAPPING
from transformers.models.auto.modeling_auto import (
    MODEL_FOR_IMAGE_CLASSIFICATION_MAPPING,
    MODEL_FOR_IMAGE_CLASSIFICATION_MAPPING_NAMES,
)
from transformers.utils import logging

from kd.errors import InputError
from kd.models import build_model
from kd.models.files import load_model, save_model
from kd.records import ModelCard

FAMILIES = sorted(MODEL_FOR_IMAGE_CLASSIFICATION_MAPPING_NAMES)
SHAPE = (3, 40, 40)

TRANSFORMER = {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 32}
VIT = {**TRANSFORMER, "image_size": 32, "patch_size": 8}
STAGES = {"hidden_sizes": [8, 16], "depths": [1, 1]}
FOUR = {"hidden_sizes": [8, 8, 16, 16], "depths": [1, 1, 1, 1]}
HEADS = {**FOUR, "num_attention_heads": [1, 1, 2, 2]}
SWIN = {"embed_dim": 8, "depths": [1, 1], "num_heads": [1, 2], "window_size": 4, "image_size": 32, "patch_size": 4}
WORDS = {**TRANSFORMER, "vocab_size": 64, "bos_token_id": 0, "eos_token_id": 1, "pad_token_id": 2}
TOWER = {"vision_config": VIT, "text_config": WORDS}
STEM = {"stem_out_channels": 8, "hidden_sizes": [8] * 5, "depths": [1] * 4}

SMALL = {
    "beit": VIT,
    "bit": {"embedding_size": 8, "hidden_sizes": [32, 64], "depths": [1, 1], "num_groups": 8},
    "clip": TOWER,
    "convnext": {**FOUR, "num_stages": 4},
    "convnextv2": {**FOUR, "num_stages": 4},
    "cvt": {"embed_dim": [8, 16, 32], "num_heads": [1, 2, 2], "depth": [1, 2, 3]},
    "data2vec-vision": VIT,
    "deit": VIT,
    "dinat": {},
    "dinov2": VIT,
    "dinov2_with_registers": VIT,
    "donut-swin": SWIN,
    "efficientnet": {"width_coefficient": 0.25, "depth_coefficient": 0.25, "hidden_dim": 320, "image_size": 64},
    "focalnet": {
        "embed_dim": 8,
        "depths": [1, 1],
        "hidden_sizes": [8, 16],
        "focal_levels": [1, 1],
        "focal_windows": [3, 3],
    },
    "hgnet_v2": {
        "stem_channels": [3, 4, 8],
        "stage_in_channels": [8] * 4,
        "stage_mid_channels": [8] * 4,
        "stage_out_channels": [8] * 4,
        "stage_numb_of_layers": [1] * 4,
        "stage_num_blocks": [1] * 4,
        "hidden_sizes": [8] * 4,
        "depths": [1] * 4,
    },
    "hiera": {"embed_dim": 8, "depths": [1, 1, 1, 1], "num_heads": [1, 1, 2, 2]},
    "ijepa": VIT,
    "imagegpt": {"n_embd": 16, "n_layer": 1, "n_head": 2, "n_positions": 64, "vocab_size": 17},
    "levit": {"hidden_sizes": [16, 24, 32], "num_attention_heads": [1, 2, 2], "depths": [1, 1, 1]},
    "metaclip_2": TOWER,
    "mobilenet_v1": {"depth_multiplier": 0.25},
    "mobilenet_v2": {"depth_multiplier": 0.25},
    "mobilevit": {"hidden_sizes": [16, 24, 32], "neck_hidden_sizes": [8, 8, 16, 16, 16, 16, 32], "image_size": 64},
    "mobilevitv2": {"width_multiplier": 0.25, "image_size": 64},
    "perceiver": {
        "num_latents": 4,
        "d_latents": 16,
        "d_model": 16,
        "num_self_attends_per_block": 1,
        "image_size": 64,
        "num_self_attention_heads": 2,
        "num_cross_attention_heads": 1,
    },
    "poolformer": FOUR,
    "pp_lcnet": {"scale": 0.25},
    "pvt": {**HEADS, "image_size": 64},
    "pvt_v2": {**HEADS, "image_size": 64},
    "regnet": {**STAGES, "embedding_size": 8, "groups_width": 4},
    "resnet": {**STAGES, "embedding_size": 8, "layer_type": "basic"},
    "segformer": {**HEADS, "decoder_hidden_size": 16},
    "shieldgemma2": {},
    "siglip": TOWER,
    "siglip2": {"vision_config": {**TRANSFORMER, "patch_size": 8}, "text_config": WORDS},
    "swiftformer": {"embed_dims": [8, 8, 16, 16], "depths": [1, 1, 1, 1]},
    "swin": SWIN,
    "swinv2": SWIN,
    "textnet": STEM,
    "timm_wrapper": {},
    "vit": VIT,
    "vit_msn": VIT,
}

REFUSED = {
    "imagegpt": "makes input_ids of images, not pixels alone",
    "siglip2": "makes pixel_values, pixel_attention_mask, spatial_shapes of images, not pixels alone",
}
"""Families that see no pixels, with what is said of them."""

NOT_BUILT = {
    "dinat": "needs the package natten",
    "timm_wrapper": "is read by timm itself: test_timm_models.py",
    "pp_lcnet": "has a processor for torchvision only, and no logits in its output",
    "shieldgemma2": "answers yes or no to a text beside the image; the smallest has 2.7 billion parameters",
}

BORROWED = {"dinov2_with_registers": "dinov2", "hgnet_v2": "resnet"}
"""Families that name no processor of their own; their models on the Hub come with that of another family."""


@pytest.fixture(autouse=True)
def quiet():
    logging.set_verbosity_error()
    logging.disable_progress_bar()


def processor_of(family: str, side: int) -> Any:
    """The family's own image processor for images of ``side``; no border is cut off."""
    kind = IMAGE_PROCESSOR_MAPPING[type(AutoConfig.for_model(BORROWED.get(family, family)))]["pil"]
    sizes = {"size": getattr(kind, "size", None), "crop_size": getattr(kind, "crop_size", None)}
    return kind(
        **{
            key: {"shortest_edge": side} if "shortest_edge" in size else {"height": side, "width": side}
            for key, size in sizes.items()
            if size
        }
    )


@pytest.fixture(params=[family for family in FAMILIES if family not in NOT_BUILT])
def family(request, tmp_path):
    """A family's name, a small network of it, its processor, and the folder that holds both."""
    config = AutoConfig.for_model(request.param, num_labels=3, **SMALL[request.param])
    kinds = MODEL_FOR_IMAGE_CLASSIFICATION_MAPPING[type(config)]
    torch.manual_seed(0)
    net = (kinds[0] if isinstance(kinds, tuple) else kinds)(config).eval()
    side = getattr(getattr(config, "vision_config", config), "image_size", None) or 64
    processor = processor_of(request.param, side if isinstance(side, int) else side[0])
    net.save_pretrained(tmp_path / "net")
    processor.save_pretrained(tmp_path / "net")
    return request.param, net, processor, tmp_path


def test_every_family_is_gone_through():
    assert set(SMALL) == set(FAMILIES)
    assert len(FAMILIES) >= 40


@pytest.mark.thorough
def test_a_model_sees_what_its_own_processor_would_show_it(family):
    name, net, processor, folder = family
    model_name = f"hf:{folder / 'net'}"
    if name in REFUSED:
        with pytest.raises(InputError) as refused:
            build_model(model_name, 3, SHAPE)
        assert REFUSED[name] in str(refused.value)
        return
    model = build_model(model_name, 3, SHAPE).eval()
    images = torch.randint(0, 256, (2, 3, *model.input_size), dtype=torch.uint8)
    seen = processor(list(images), do_resize=False, do_center_crop=False, return_tensors="pt")
    with torch.no_grad():
        torch.testing.assert_close(model(images), net(**seen).logits, atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(model.prepare(images), seen["pixel_values"].float(), atol=1e-4, rtol=0)
    card = ModelCard(model=model_name, num_classes=3, input_shape=SHAPE, class_names=["a", "b", "c"])
    save_model(folder / "saved", model, card)
    again = load_model(folder / "saved", torch.device("cpu")).eval()
    torch.testing.assert_close(again.prepare(images), model.prepare(images), atol=1e-4, rtol=0)
