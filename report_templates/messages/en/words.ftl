# Words and quantities that every page needs. The gap stands between two sentences.
comma = { ", " }
gap = { " " }
semicolon = { "; " }
interval = { $low } to { $high }
percentage = { $value } %
# A share or, beyond the whole, a multiple; then the same before the words for what it is of.
ratio = { $size ->
    [multiple] { $value }×
   *[share] { $value } %
}
ratio-of = { $size ->
    [multiple] { $value }×
   *[share] { $value } % of
}
points = { $value } points
seconds = { $seconds } s
minutes = { $minutes } min { $seconds } s
hours = { $hours } h { $minutes } min
# A searched dimension, by its name in the sweep file.
dimension = { $name ->
    [alpha] α
    [temperature] T
   *[other] { $name }
}
setting = α { $alpha }, T { $temperature }{ $is_plain ->
    [yes] { "" }
   *[no] , { $more }
}

images = { $number ->
    [one] 1 image
   *[other] { $number } images
}
seeds = { $number ->
    [one] 1 seed
   *[other] { $number } seeds
}

# Models. An ensemble is the mean of several teachers' logits.
arm = { $kind ->
    [teacher] Teacher
    [ensemble] Ensemble
    [baseline] Baseline
    [distilled] Distilled
    [compare] Setting
    [method] Method
   *[student] Student
}
numbered-teacher = Teacher { $number }
distilled-by = Distilled ({ $name })
arm-with-loss = { $name } ({ $loss })
alone = the student alone
not-chosen = setting not chosen yet
found-by-search = found by the search
mean-of-teachers = the mean of { $number } teachers’ logits
model-seed = { $model }, seed { $seed }
arm-seed = { $arm }, seed { $seed }

verdict = { $verdict ->
    [equivalent] equivalent
    [undecided] undecided
    [gain] gain
    [loss] loss
    [too-few-seeds] too few seeds
   *[no-clear-difference] no clear difference
}
verdict-short = { $verdict ->
    [gain] gain
    [loss] loss
    [too-few-seeds] few seeds
   *[no-clear-difference] unclear
}
verdict-headline = { $verdict ->
    [equivalent] Equivalent within ±{ $margin } points
    [undecided] Undecided
    [gain] A real gain
    [loss] A real loss
    [too-few-seeds] { $direction ->
        [gain] A gain in one training
        [loss] A loss in one training
       *[no-clear-difference] Too few seeds to tell
    }
   *[no-clear-difference] No clear difference
}
# What an interval rests on.
basis = { $num_images ->
    [one] 1 test image
   *[other] { $num_images } test images
}, { $num_seeds ->
    [1] 1 seed, so luck in training is not covered
   *[other] { $num_seeds } seeds
}

# States of runs and trials, ends of attempts, kinds of failure.
state = { $state ->
    [complete] complete
    [pruned] pruned
    [failed] failed
    [running] running
    [queued] queued
    [not-started] not started
    [unreadable] unreadable
    [interrupted] interrupted
    [open] open
    [preempted] preempted
    [timeout] timeout
    [died] died
    [disk-full] disk full
    [out-of-memory] out of memory
    [code-error] code error
    [bad-input] bad input
    [non-finite-loss] non-finite loss
    [no-progress] no progress
   *[other] { $state }
}
role = { $role ->
    [teacher] teacher
    [logits] logits
    [baseline] baseline
    [search] search
    [compare] compare
    [variant] variant
    [final] final
    [extra_test] other tests
    [test] test
   *[other] { $role }
}

# Heads of columns that several tables have.
head-model = Model
head-parameters = Parameters
head-macs = Multiply-adds
the-measure = { $measure ->
    [balanced_accuracy] balanced accuracy
   *[accuracy] accuracy
}
measure-head = { $measure ->
    [balanced_accuracy] Balanced accuracy
   *[accuracy] Accuracy
}
test-measure = { $measure ->
    [balanced_accuracy] balanced test accuracy
   *[accuracy] test accuracy
}
test-measure-head = { $measure ->
    [balanced_accuracy] Balanced test accuracy
   *[accuracy] Test accuracy
}
val-measure = { $metric ->
    [balanced_accuracy] balanced val accuracy
   *[accuracy] val accuracy
}
head-val-accuracy = Val accuracy, %
head-val-balanced-accuracy = Balanced val accuracy, %
head-val-loss = Val loss
head-verdict = Verdict
head-seed = Seed
head-setting = Setting
head-state = State
head-epochs = Epochs
head-gain-points = Gain, points

copy = Copy { $what }
copied = Copied
files = { $number ->
    [one] file:
   *[other] files:
}
