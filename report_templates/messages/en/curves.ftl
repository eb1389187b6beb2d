# Curves by epoch, on the front page and on the page of a run.
curves-caption = Lines are means over seeds, bands go from the lowest to the highest seed, as far as every seed has come. The first epochs of an accuracy may lie below its axis; losses are on logarithmic axes. Hard loss: cross-entropy with the labels; soft loss: divergence from { $num_teachers ->
    [1] the teacher
   *[other] the teachers’ ensemble
 }, times T². By step: means over parts of an epoch.
curves-thinned = Not every epoch is drawn, but about one in { $every }; history.json of the run’s folder holds all.
curves-epoch = Epoch
curves-show = Show
curves-values = Values as a table
curves-spoken = { $label }: from { $first } to { $last } at epoch { $epoch }
curves-val-accuracy = Accuracy on val, %
curves-train-accuracy = Accuracy on train, %
curves-val-loss = Cross-entropy on val
curves-hard-loss = Hard loss on train
curves-soft-loss = Soft loss on train
curves-feature-loss = Feature loss on train
curves-unlabeled-loss = Loss on unlabelled images
curves-steps = Training loss by step
curves-rate = Learning rate
curves-accuracy = Accuracy, %
curves-loss = Loss
curves-val-accuracy-short = val
curves-train-accuracy-short = train
curves-val-loss-short = val, cross-entropy
curves-hard-loss-short = train, hard loss
curves-soft-loss-short = train, soft loss
curves-feature-loss-short = train, feature loss
curves-unlabeled-loss-short = unlabelled, soft loss
curves-train-loss-short = train, total loss
curves-rate-short = learning rate
