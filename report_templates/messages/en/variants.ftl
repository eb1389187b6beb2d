# The distilled student with one thing changed.
variants = What is the gain made of?
variants-untested = No variant has been tested yet.
variants-note = Each row is the distilled student’s training once more, at the same setting and with the same seeds, with one thing changed. What is clear is decided after Holm’s correction, for other teachers and for unlabelled images among themselves.
variants-controls = A control leaves the student how sure the teacher is and takes away what it knows of the other classes; the difference between the two is what that knowledge was worth.
variants-unlabeled = Unlabelled images ({ $images }) stand beside the labelled ones in every step, { $ratio } to each, and teach by the teacher’s word alone. The steps are as many as without them, so this is no longer training; each is over more images, though, which can be a part of what they bring.
variants-file-caption = The distilled student with one thing changed, on { $images } test images; differences are paired by seed and image, with 95 % intervals.
variant = Changed
variant-beside = Beside distilled, points
variant-name = { $key ->
    [smoothed-labels] Labels smoothed in place of the teacher
    [shuffled-dark] Other classes shuffled
    [unlabeled] With unlabelled images
    [unlabeled-control] Labelled in place of unlabelled images
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
        [loss] What the teacher says of each image matters: labels that are only as soft as the teacher is on average come to { $change } points beside it ({ $interval }; { $p } after Holm).
        [gain] Students do better without what the teacher says of each image: labels that are as soft as it is on average come to { $change } points beside it ({ $interval }; { $p } after Holm).
        [no-clear-difference] It cannot be told whether the teacher adds anything to soft labels: labels that are as soft as it is on average come to { $change } points beside it ({ $interval }; { $p } after Holm).
       *[too-few-seeds] Too few seeds to tell whether the teacher adds anything to soft labels; those that are as soft as it is on average come to { $change } points beside it ({ $interval }; { $p } after Holm).
    }
    [unlabeled] { $verdict ->
        [gain] Unlabelled images help: with them beside the labelled ones the student gains { $change } points over plain distillation ({ $interval }; { $p }).
        [loss] Unlabelled images do harm: with them beside the labelled ones the student comes to { $change } points beside plain distillation ({ $interval }; { $p }).
        [no-clear-difference] It cannot be told whether unlabelled images help: with them beside the labelled ones the student comes to { $change } points beside plain distillation ({ $interval }; { $p }).
       *[too-few-seeds] Too few seeds to tell whether unlabelled images help; with them beside the labelled ones the student comes to { $change } points beside plain distillation ({ $interval }; { $p }).
    }
    [unlabeled-control] { $verdict ->
        [gain] Larger steps alone help: with as many labelled images in place of the unlabelled ones, the student gains { $change } points over plain distillation ({ $interval }; { $p }).
        [loss] Larger steps alone do harm: with as many labelled images in place of the unlabelled ones, the student comes to { $change } points beside plain distillation ({ $interval }; { $p }).
        [no-clear-difference] It cannot be told whether larger steps alone help: with as many labelled images in place of the unlabelled ones, the student comes to { $change } points beside plain distillation ({ $interval }; { $p }).
       *[too-few-seeds] Too few seeds to tell whether larger steps alone help; with as many labelled images in place of the unlabelled ones, the student comes to { $change } points beside plain distillation ({ $interval }; { $p }).
    }
   *[shuffled-dark] { $verdict ->
        [loss] It matters what the teacher says of the other classes, and not only how sure it is: dealt out anew among them, that comes to { $change } points ({ $interval }; { $p } after Holm).
        [gain] What the teacher says of the other classes does harm: dealt out anew among them, that comes to { $change } points ({ $interval }; { $p } after Holm).
        [no-clear-difference] It cannot be told whether it matters what the teacher says of the other classes, or only how sure it is: dealt out anew among them, that comes to { $change } points ({ $interval }; { $p } after Holm).
       *[too-few-seeds] Too few seeds to tell whether it matters what the teacher says of the other classes; dealt out anew among them, that comes to { $change } points ({ $interval }; { $p } after Holm).
    }
}
variant-new-images = { $verdict ->
    [gain] The unlabelled images bring more than larger steps do: { $change } points over as many labelled images in their place ({ $interval }).
    [loss] The unlabelled images bring less than larger steps do: { $change } points beside as many labelled images in their place ({ $interval }).
    [no-clear-difference] It cannot be told whether the unlabelled images bring more than larger steps do: { $change } points beside as many labelled images in their place ({ $interval }).
   *[too-few-seeds] Too few seeds to tell whether the unlabelled images bring more than larger steps do: { $change } points beside as many labelled images in their place ({ $interval }).
}
variant-teachers = { $verdict ->
    [gain] The gain is there with another teacher too: under { $number } trainings of the teacher it is { $gains } points, { $mean } on average ({ $interval }, in which the teacher’s own training is a matter of chance as well).
    [loss] The loss is there with another teacher too: under { $number } trainings of the teacher it is { $gains } points, { $mean } on average ({ $interval }, in which the teacher’s own training is a matter of chance as well).
    [no-clear-difference] It cannot be told whether another training of the teacher would help as well: under { $number } of them the difference is { $gains } points, { $mean } on average ({ $interval }).
   *[too-few-seeds] Two trainings of the teacher cannot tell what a third would do: under them the difference is { $gains } points.
}
