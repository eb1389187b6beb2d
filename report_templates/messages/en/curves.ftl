# Curves by epoch, on the front page and on the page of a run.
curves-caption = Lines: means over seeds; bands: from the lowest to the highest seed, up to the last epoch that every seed has finished. The first epochs of an accuracy may lie below its axis; loss axes are logarithmic. Hard loss: cross-entropy with the labels; soft loss: divergence from { $num_teachers ->
    [1] the teacher
   *[other] the teachers’ ensemble
 }, times T². Losses by step are means over parts of an epoch.
curves-thinned = About one epoch in { $every } is drawn; history.json in the run’s folder has all of them.
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
