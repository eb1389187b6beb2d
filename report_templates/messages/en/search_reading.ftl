# The search of α and T: what its trials tell, and what to try next.
trials-points = { $value } points
trials-accuracy = val accuracy, %
trials-balanced-accuracy = balanced val accuracy, %
trials-loss = val loss
trials-axis-number = trial
trials-axis = { $name ->
    [alpha] α, weight of the teacher
    [temperature] temperature T
   *[other] { $name }
}{ $log ->
    [yes] { " " }(log scale)
   *[no] { "" }
}
trials-complete = complete
trials-pruned = pruned
trials-failed = failed
trials-open = not finished
trials-best = best
trials-best-so-far = best so far
trials-noise-band = one seed’s luck
trials-no-best = none yet
trials-figure-history = Value of each of { $number } trials in the order of the search. The best: { $best }.
trials-figure-slice = Value of each of { $number } trials against { $name }. The best: { $best }.
trials-caption-history = Every trial in the order of the search; the line is the best complete one so far.{ $banded ->
    [yes] { " " }Grey: how far another seed could move the best.
   *[no] { "" }
}
trials-caption-slice = The same values against { $name }{ $number ->
    [1] .
    [2] , { $others } not held fixed.
   *[other] , the other dimensions not held fixed.
}
trials-states = { $complete } complete, { $pruned } pruned (shown at their value when they were stopped), { $failed } failed and { $open } not finished (drawn at the worse end where they have no value).
trials-outside = { $number ->
    [one] 1 trial lies far outside and is drawn on the figures’ edge.
   *[other] { $number } trials lie far outside and are drawn on the figures’ edge.
}
trials-region = As good as the best, as far as one training can tell: settings inside the dashed line, { $share } % of the searched map. { $region } Their smoothed value is at most { $tolerance } worse than the best one’s, which is the noise of one training.
trials-region-alone = As far as one training can tell, no searched setting is as good as α 0, which is the student without distillation.
trials-region-box = They lie at { $first } and { $second }.
trials-region-curved = They do not form a rectangle: { $cuts }.
trials-range = { $name } { $low } to { $high }
trials-cut = at { $name } { $value }, { $ranges }
trials-surface-note = Shading: the complete trials smoothed by a Gaussian process with a noise term (drawn from { $least } trials on, and only where trials lie near enough).{ $number ->
    [0] { "" }
   *[other] { " " }Two more things enter it ({ $number } values): the baseline’s runs, which are trials at α 0, and pruned trials, each counted with the final value of the complete trials that ranked where it did when it was stopped.
}
trials-no-surface = { $number ->
    [0] No trial is complete, so no best point is known.
    [one] 1 trial is complete: a smoothed value needs { $least }, so only the best point is known, not what lies around it.
   *[other] { $number } trials are complete: a smoothed value needs { $least }, so only the best point is known, not what lies around it.
}
trials-no-map = With { $number } searched dimensions, there is no map: the figures show each dimension separately, and the lines show every trial across all of them.
trials-one-dimension = One dimension is searched, so its figure is the whole search.
trials-noise-heading = How much of this is luck?
trials-noise = Every trial is trained with the same single seed, { $seed }, so each value includes that seed’s luck. Over the seeds of the final runs the value of one and the same setting has a standard deviation of { $deviation } ({ $degrees ->
    [one] 1 degree
   *[other] { $degrees } degrees
} of freedom): a difference of that size between two trials may be luck alone.
trials-repeated = The best { $number } settings were trained with further seeds; what is shown of them is the mean over these, and the best mean was chosen.
trials-noise-unknown = Every trial is trained with the same single seed, { $seed }, so each value includes that seed’s luck. How large it is cannot be told before two seeds of one setting are complete and differ.
trials-final-mean = The best trial’s value is { $best }; the same setting has { $mean } { $number ->
    [one] with one other seed
   *[other] on average over { $number } other seeds
}, which did not choose it.
trials-importance-heading = Which of them matters
trials-parameter = Dimension
trials-importance = Share
trials-importance-note = PED-ANOVA (Watanabe et al. 2023), Optuna’s default: by how much the values of the best tenth of the complete trials differ from those of all, dimension by dimension. The shares add up to 100 % even where the dimensions explain next to nothing.
trials-importance-few = With { $number } complete trials (at least { $least } are needed) it means little.

advice-heading = What to try next
advice-settled = Nothing is left to try: the best setting lies inside the searched range{ $mapped ->
    [yes] { " " }and stands out from the noise of one training.
    [untold] . Whether it stands out from the noise of one training cannot be told: not every dimension has a clear effect.
   *[no] . Too few trials are complete to tell how far it stands out from the noise.
}
advice-none-trained = No trial was trained: a run that they need has failed. The reasons are under Missing results.
advice-none-complete = { $number ->
    [one] The one trial that ended
   *[other] None of the { $number } trials that ended
} { $number ->
    [one] is not complete
   *[other] is complete
} ({ $pruned } pruned, { $failed } failed), so there is no best setting.{ $failed ->
    [0] { "" }
   *[other] { " " }A failed run’s reason is under Missing results.
}{ $pruned ->
    [0] { "" }
   *[other] { " " }Without pruning every trial is trained to its end.
}
advice-unfinished = { $open ->
    [0] The search is not over: what follows may change.
    [one] The search is not over (1 trial is not finished): what follows may change.
   *[other] The search is not over ({ $open } trials are not finished): what follows may change.
}
advice-failed = { $failed } of { $number } trials failed, at least { $share } %: their part of the map is blank. The reasons are under Missing results.
advice-too-few = { $number ->
    [one] 1 trial is complete
   *[other] { $number } trials are complete
}; the usual minimum for trusting a search is { $each } per dimension, { $least } in all. Finished trials are kept; only the new ones are trained.
advice-tied = The search cannot tell its settings apart: all { $number } { $repeated ->
    [yes] settings trained with further seeds
   *[no] complete trials
} have the same { $metric ->
    [val_accuracy] val accuracy, { $value } %
    [val_balanced_accuracy] balanced val accuracy, { $value } %
   *[val_loss] val loss, { $value }
}. Trial { $trial } was chosen: { $metric ->
    [val_loss] it is the first of them.
   *[other] of equal trials, the one with the lowest val loss, and of these the first. More val images tell finer differences, and so may the val loss:
}
advice-tied-guessing = The search had nothing to choose from: all { $number } { $repeated ->
    [yes] settings trained with further seeds
   *[no] complete trials
} do no better on val than guessing, with the same { $metric ->
    [val_accuracy] accuracy, { $value } %
    [val_balanced_accuracy] balanced accuracy, { $value } %
   *[val_loss] loss, { $value }
}. Trial { $trial } was chosen all the same. First see that the student learns at all: its optimizer.lr, its epochs, what it is fed.
advice-tied-some = { $number } of { $all } { $repeated ->
    [yes] settings trained with further seeds
   *[no] complete trials
} share the best { $metric ->
    [val_accuracy] val accuracy, { $value } %
    [val_balanced_accuracy] balanced val accuracy, { $value } %
   *[val_loss] val loss, { $value }
}. Trial { $trial } was chosen: { $metric ->
    [val_loss] it is the first of them.
   *[other] of equal trials, the one with the lowest val loss, and of these the first.
}
advice-flat = { $names } hardly { $number ->
    [one] matters
   *[other] matter
} here: throughout the range, nearly every value is as good as the best within the noise of one training. More trials will not help{ $taught ->
    [yes] ; more seeds, another loss or a better teacher may.
   *[no] .
}
advice-flat-some = { $names } hardly { $number ->
    [one] matters
   *[other] matter
} here: whatever the other dimensions are, nearly every value is as good as the best within the noise of one training.
advice-edge-low = The best { $name }, { $value }, lies within { $share } % of the range’s lower end { $end }{ $log ->
    [yes] { " " }(on the log scale)
   *[no] { "" }
}: something better may lie beyond. Widen the range.
advice-edge-high = The best { $name }, { $value }, lies within { $share } % of the range’s upper end { $end }{ $log ->
    [yes] { " " }(on the log scale)
   *[no] { "" }
}: something better may lie beyond. Widen the range.
advice-no-teacher = The best α, { $value }, hardly uses the teacher: within { $share } % of { $end }, which is plain training on labels. In this range of T this teacher has little to give; a wider range of T, another loss or another teacher may.
advice-all-teacher = The best α, { $value }, hardly uses the labels: within { $share } % of { $end }, where the range ends by its nature. There is nothing to widen; the teacher is worth copying outright.
advice-named-better = The named setting { $setting } is clearly better than the search’s best: over the final seeds, the best’s { val-measure } minus the named one’s is { $difference } points (95 % interval { $low } to { $high }). Use the named setting, or search around it:
advice-named-untold = Whether the named setting { $setting } is worse than the search’s best cannot be told: over the final seeds, the best’s { val-measure } minus the named one’s is { $difference } points (95 % interval { $low } to { $high }).
advice-named-few-seeds = Two seeds cannot tell whether the named setting { $setting } is worse than the search’s best: the best’s { val-measure } minus the named one’s is { $difference } points. Set seeds=5 or more:
advice-named-worse = The search’s best is clearly better than the named setting { $setting }: over the final seeds, its { val-measure } minus the named one’s is { $difference } points (95 % interval { $low } to { $high }).
advice-named-unknown = How the named setting { $setting } compares with the search’s best is not known before two seeds of both are complete.
