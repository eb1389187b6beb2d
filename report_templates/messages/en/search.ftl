# The search of alpha and temperature.
search = Search
search-heading = Search of α and T
search-none = None: the sweep gives { $setting }.
search-not-begun = Not begun.
search-figure = Every trial. Colour: the last epoch’s { $metric ->
    [val_accuracy] val accuracy
   *[val_loss] val loss
}. Ring: the best.
search-trial = Trial
best = best
