# The search of alpha and temperature.
search = Search
search-heading = Search of { $names }
search-none = No search: the sweep file gives { $setting }.
search-not-begun = Not started yet.
search-figure = Every trial. Colour: the last epoch’s { $metric ->
    [val_accuracy] val accuracy
    [val_balanced_accuracy] balanced val accuracy
   *[val_loss] val loss
}. Ring: the best.
search-parallel-figure = Every trial as a line across the searched dimensions. Colour: the last epoch’s { $metric ->
    [val_accuracy] val accuracy
    [val_balanced_accuracy] balanced val accuracy
   *[val_loss] val loss
}; outlined: the best; grey: not complete.
search-of-baseline = The baseline was tuned as well, with the same number of trials over the same training values: { $trials } trials over { $names }.
search-baseline-link = The baseline’s search
search-baseline-title = Search of the baseline
search-baseline-chosen = It chose { $setting }.
search-trial = Trial
best = best
