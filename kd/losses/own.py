"""Soft terms of the user's own: a function by import path, held to what every soft term is."""

import importlib
import inspect
from collections.abc import Callable, Mapping
from typing import Any

from torch import Tensor

from kd.errors import InputError, one_line
from kd.losses.soft import Temperature, at_least_float32
from kd.model_source import where_modules_are

SIGNATURE = "student_logits, teacher_logits, labels, temperature"
"""What a soft term is called with, by position, before its options by name."""

Option = bool | int | float | str


class OwnLoss:
    """A function of the user's as a soft term, with its options.

    It is called with the logits [batch, classes] of student and teacher, float32 or float64 and in the same dtype, the
    classes [batch] int64 (of mixed images the one that weighs most), the temperature and its options. It returns a
    scalar; one in another dtype is brought to the student's. The teacher's logits ask for no gradient.

    Args:
        function: Such as ``loss(student_logits, teacher_logits, labels, temperature, delta=1.0)``.
        options: By the names of its arguments.
        name: What to call it in messages.

    Raises:
        InputError: It cannot be called so.
    """

    def __init__(self, function: Callable[..., Any], options: Mapping[str, Option], name: str) -> None:
        self.function = function
        self.options = dict(options)
        self.name = name
        try:
            inspect.signature(function).bind(*[None] * 4, **self.options)
        except TypeError as error:
            raise InputError(
                f"loss: {name} cannot be called as ({self._arguments}): {error}; options are the names of its "
                f"arguments after {SIGNATURE}"
            ) from error
        except ValueError:  # of some builtins no signature is known
            pass

    def __call__(self, student_BC: Tensor, teacher_BC: Tensor, labels_B: Tensor, temperature: Temperature) -> Tensor:
        """The scalar that it computes.

        Raises:
            InputError: It gives something else, or changes what it was given.
        """
        student_BC = at_least_float32(student_BC)
        teacher_BC = teacher_BC.detach().to(student_BC.dtype)
        given = {"student_logits": student_BC, "teacher_logits": teacher_BC, "labels": labels_B}
        # torch counts up at every change in place: a look at it waits for no GPU
        versions = [_version(each) for each in given.values()]
        loss = self.function(student_BC, teacher_BC, labels_B, temperature, **self.options)
        for (argument, tensor), version in zip(given.items(), versions, strict=True):
            if _version(tensor) != version:
                raise InputError(
                    f"loss: {self.name} changes its {argument} in place, from which the other term and the accuracy "
                    f"are computed too; begin it with {argument} = {argument}.clone()"
                )
        if teacher_BC.requires_grad:
            raise InputError(
                f"loss: {self.name} asks for a gradient of the teacher's logits, which are not learned; leave "
                "requires_grad_ out"
            )
        if not isinstance(loss, Tensor):
            raise InputError(f"loss: {self.name} returned {type(loss).__name__}; wanted is a tensor, a scalar")
        if loss.shape:
            raise InputError(
                f"loss: {self.name} returned {list(loss.shape)} for {len(student_BC)} images; wanted is a scalar: the "
                "mean over images, .mean(), of a sum over classes, .sum(1)"
            )
        return loss.to(student_BC.dtype)

    @property
    def _arguments(self) -> str:
        return ", ".join([SIGNATURE, *(f"{name}={value!r}" for name, value in self.options.items())])


def import_loss(name: str, options: Mapping[str, Option] | None = None) -> OwnLoss:
    """The function ``package.module:function`` as a soft term; importing its module runs it.

    Raises:
        InputError: It cannot be imported, is no function, or knows not all of the options.
    """
    module_name, _, attribute = name.partition(":")
    try:
        function = getattr(importlib.import_module(module_name), attribute)
    except Exception as error:  # importing runs the user's code, which may raise anything
        raise InputError(
            f"loss: cannot import {name}: {one_line(error)}; a loss is named module:function, and {where_modules_are()}"
        ) from error
    if not callable(function) or inspect.isclass(function):
        raise InputError(
            f"loss: {name} is a {type(function).__name__}; wanted is a function of {SIGNATURE} that returns a scalar"
        )
    return OwnLoss(function, options or {}, name)


def _version(tensor: Tensor) -> int:
    return 0 if tensor.is_inference() else tensor._version
