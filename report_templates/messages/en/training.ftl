# How the trainings went.
training = Training
training-not-begun = No run has finished an epoch yet.
measures = Faster, steadier, more even?
measures-head = Measure (less is better)
measures-difference = Difference, 95 % over seeds
measure = { $key ->
    [epochs] Epochs to the baseline’s final val accuracy
    [fluctuation] Late-epoch jitter
    [class-spread] Spread of class errors
   *[worst] Worst class
}
measure-unit = { $key ->
    [epochs] epochs
   *[other] points
}
measure-verdict = { $verdict ->
    [gain] better
    [loss] worse
    [unknown] needs two seeds of each, with results that differ
    [too-few-seeds] too few seeds
   *[no-clear-difference] no clear difference
}
measure-explained = { $name }: { $explanation }.
measure-epochs-explained = first epoch with val accuracy of at least { $target } %, the mean of the baseline’s last epochs; a run that never gets there counts one epoch more than it trained
measure-fluctuation-explained = how far val accuracy strays from a straight line over the last { $share } % of the epochs (at least { $number }), as a standard deviation, so that steady progress is no jitter
measure-class-spread-explained = standard deviation of the classes’ error rates on { $split ->
    [test] test
   *[val] val
}
measure-worst-explained = highest error rate of any class on { $split ->
    [test] test
   *[val] val
}
