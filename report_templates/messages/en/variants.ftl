# The distilled student with one thing changed.
variants = Where does the gain come from?
variants-untested = No variant has been tested yet.
variants-note = Each row repeats the distilled student’s training, with the same setting and the same seeds but one thing changed. Whether a difference is clear is decided after Holm’s correction, made separately for the controls, for the other teachers and for the unlabelled images.
variants-controls = Smoothed labels keep only how sure the teacher is on average. Shuffled classes keep how sure it is of each image and lose what it says about the other classes. What the student loses by a control is what the missing part was worth.
variants-unlabeled = In every step unlabelled images ({ $images } in all) stand beside the labelled ones, { $ratio } to each, and only the teacher says what they show. The number of steps is the same as without them, so the student does not train for longer; but each step covers more images, which may be part of what they bring.
variants-file-caption = The distilled student with one thing changed, on { $images } test images; differences are paired by seed and image, with 95 % intervals.
variant = Changed
variant-beside = Compared with distilled, points
variant-name = { $key ->
    [smoothed-labels] Smoothed labels instead of the teacher
    [shuffled-dark] Other classes shuffled
    [unlabeled] With unlabelled images
    [unlabeled-control] Labelled instead of unlabelled images
   *[teacher-seed] Teacher trained again, seed { $number }
}
variant-verdict = { $verdict ->
    [gain] better
    [loss] worse
    [no-clear-difference] no clear difference
   *[too-few-seeds] too few seeds
}
variant-change = { $key ->
    [smoothed-labels] { $verdict ->
        [loss] What the teacher says about each image matters: with labels that are only as soft as the teacher is on average, the difference is { $change } points ({ $interval }; { $p } after Holm).
        [gain] Students do better without what the teacher says about each image: with labels that are as soft as it is on average, the difference is { $change } points ({ $interval }; { $p } after Holm).
        [no-clear-difference] It is not clear whether the teacher adds anything to soft labels: with labels that are as soft as it is on average, the difference is { $change } points ({ $interval }; { $p } after Holm).
       *[too-few-seeds] Too few seeds to tell whether the teacher adds anything to soft labels: with labels that are as soft as it is on average, the difference is { $change } points ({ $interval }; { $p } after Holm).
    }
    [unlabeled] { $verdict ->
        [gain] Unlabelled images help: with them beside the labelled ones the student gains { $change } points over plain distillation ({ $interval }; { $p } after Holm).
        [loss] Unlabelled images do harm: with them beside the labelled ones, the difference from plain distillation is { $change } points ({ $interval }; { $p } after Holm).
        [no-clear-difference] It is not clear whether unlabelled images help: with them beside the labelled ones, the difference from plain distillation is { $change } points ({ $interval }; { $p } after Holm).
       *[too-few-seeds] Too few seeds to tell whether unlabelled images help: with them beside the labelled ones, the difference from plain distillation is { $change } points ({ $interval }; { $p } after Holm).
    }
    [unlabeled-control] { $verdict ->
        [gain] Larger steps alone help: with as many labelled images in place of the unlabelled ones, the student gains { $change } points over plain distillation ({ $interval }; { $p } after Holm).
        [loss] Larger steps alone do harm: with as many labelled images in place of the unlabelled ones, the difference from plain distillation is { $change } points ({ $interval }; { $p } after Holm).
        [no-clear-difference] It is not clear whether larger steps alone help: with as many labelled images in place of the unlabelled ones, the difference from plain distillation is { $change } points ({ $interval }; { $p } after Holm).
       *[too-few-seeds] Too few seeds to tell whether larger steps alone help: with as many labelled images in place of the unlabelled ones, the difference from plain distillation is { $change } points ({ $interval }; { $p } after Holm).
    }
   *[shuffled-dark] { $verdict ->
        [loss] What the teacher says about the other classes matters, not only how sure it is: with that part shuffled among them, the difference is { $change } points ({ $interval }; { $p } after Holm).
        [gain] What the teacher says about the other classes does harm: with that part shuffled among them, the difference is { $change } points ({ $interval }; { $p } after Holm).
        [no-clear-difference] It is not clear whether what the teacher says about the other classes matters, or only how sure it is: with that part shuffled among them, the difference is { $change } points ({ $interval }; { $p } after Holm).
       *[too-few-seeds] Too few seeds to tell whether what the teacher says about the other classes matters: with that part shuffled among them, the difference is { $change } points ({ $interval }; { $p } after Holm).
    }
}
variant-new-images = { $verdict ->
    [gain] The unlabelled images bring more than larger steps do: { $change } points over as many labelled images in their place ({ $interval }).
    [loss] The unlabelled images bring less than larger steps do: the difference from as many labelled images in their place is { $change } points ({ $interval }).
    [no-clear-difference] It is not clear whether the unlabelled images bring more than larger steps do: the difference from as many labelled images in their place is { $change } points ({ $interval }).
   *[too-few-seeds] Too few seeds to tell whether the unlabelled images bring more than larger steps do: the difference from as many labelled images in their place is { $change } points ({ $interval }).
}
variant-teachers = { $verdict ->
    [gain] The gain is there with another teacher too: under { $number } trainings of the teacher it is { $gains } points, { $mean } on average ({ $interval }, in which the teacher’s own training is a matter of chance as well).
    [loss] The loss is there with another teacher too: under { $number } trainings of the teacher it is { $gains } points, { $mean } on average ({ $interval }, in which the teacher’s own training is a matter of chance as well).
    [no-clear-difference] It cannot be told whether another training of the teacher would help as well: under { $number } of them the difference is { $gains } points, { $mean } on average ({ $interval }).
   *[too-few-seeds] Two trainings of the teacher cannot tell what a third would do: under them the difference is { $gains } points.
}
