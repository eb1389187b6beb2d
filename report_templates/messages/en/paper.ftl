# Captions of the figures for papers.
paper-basis = { $images ->
    [one] 1 test image
   *[other] { $images } test images
}, { $seeds ->
    [one] 1 seed
   *[other] { $seeds } seeds
} of each student
paper-accuracies-beside-published = Final { test-measure }: mean, a dot for each seed, and as a line the 95 % interval for another training of the student with the same teacher and another test sample (one seed: for another test sample alone); { $basis }. Diamond: published figure.
paper-accuracies = Final { test-measure }: mean, a dot for each seed, and as a line the 95 % interval for another training of the student with the same teacher and another test sample (one seed: for another test sample alone); { $basis }.
paper-curves = Training by epoch: accuracy on val and on train, cross-entropy on val. Mean over { $seeds ->
    [one] 1 seed
   *[other] { $seeds } seeds
} ({ $num_teachers ->
    [one] the teacher was
   *[other] each teacher was
} trained once), band from the lowest to the highest seed. The first epochs of an accuracy may lie below its axis.
paper-gains = Gain over the baseline on the same seeds and the same images ({ $basis }): mean, a dot for each seed, and as a line the 95 % interval for another training of the student with the same teacher and another test sample (one seed: for another test sample alone); of several seeds, one that does not touch zero is a clear difference.
paper-losses = Losses on the training images by epoch: mean over { $seeds ->
    [one] 1 seed
   *[other] { $seeds } seeds
}, band from the lowest to the highest seed. Hard: cross-entropy with the labels. Soft: divergence from the { $num_teachers ->
    [one] teacher
   *[other] teachers’ ensemble
}, times T².
paper-search = Every trial of the search by { $names }. Colour: the metric on val after the last epoch. Ring: the best.{ $mapped ->
    [yes] { " " }Shading: the complete trials smoothed by a Gaussian process; inside the dashed line settings are as good as the best within the noise of one training.
   *[no] { "" }
}
paper-search-values = Every trial of the search { $by ->
    [history] in its order; line: the best complete one so far.
   *[slice] by { $name }, whatever its other values.
} Ring: the best.{ $banded ->
    [yes] { " " }Grey: how far another seed could move it.
   *[no] { "" }
}
paper-search-lines = Every trial of the search as a line across the searched dimensions. Colour: the metric on val after the last epoch. Outlined: the best; grey: not complete.
paper-leads = Lead over { $yardstick } by method ({ $basis }): mean and 95 % interval; below them a dot for each seed. Filled: clear after Holm’s adjustment for all leads; hollow: not.
paper-method-gains = Gain over the baseline by method ({ $basis }): mean and 95 % interval; below them a dot for each seed.
paper-classes = Error rate of each class on test ({ $basis }), the hardest class first.
paper-confusion = Confusions on test ({ $images } images), in images per seed: { $arm ->
    [teacher] { $num_teachers ->
        [one] the teacher
       *[other] the teachers’ ensemble
    }
    [baseline] the baseline, mean over { $seeds ->
        [one] 1 seed
       *[other] { $seeds } seeds
    }
    [distilled] the distilled student, mean over { $seeds ->
        [one] 1 seed
       *[other] { $seeds } seeds
    }
   *[change] distilled minus baseline, mean over { $seeds ->
        [one] 1 seed
       *[other] { $seeds } seeds
    }; blue: rarer with distillation, orange: more frequent. Single cells are not tested for significance
}. Grey on the diagonal: correct predictions.
