# Why distillation did not help: what was found, with its evidence, and what to try.
cause-weak-teacher = The { $num_teachers ->
    [1] teacher is
   *[other] teachers’ ensemble is
} not better than the student alone: { val-measure } { $teacher } % against { $baseline } % ({ $number ->
    [one] 1 baseline
   *[other] the mean of { $number } baselines
}).
cause-weak-teacher-remedy = It can soften the labels, but has little to teach: train it longer or otherwise, or take another.
cause-other-input = The { $num_teachers ->
    [1] teacher
   *[other] teacher that is used as it is
} does far worse here than its own card says: { $here } % on val against { $claimed } %{ $named ->
    [yes] { " " }({ $dataset })
   *[no] { "" }
}. Its input probably differs from what it was trained on.
cause-other-input-remedy = Compare normalize, image_size and the order of the classes with what it was trained on.
cause-other-views = The { $num_teachers ->
    [1] teacher reads
   *[other] teachers’ ensemble reads
} { $views } % of the training images right as the student sees them, and { $val } % of val: it is not used to these views.
cause-other-views-remedy = Train the teacher on the student’s views (teacher.augment), or let the student see milder ones.
cause-wrong-labels = Many labels look wrong: on { $share } % of the val and test images ({ $number } of { $images }) all { $num_models } models are sure of one and the same other class.
cause-wrong-labels-remedy = Look at the images that all models read alike and wrong, and correct their labels: no student can be measured, or taught, better than its labels are.
cause-sure-teacher = The { $num_teachers ->
    [1] teacher knows
   *[other] teachers know
} the training images by heart: at T { $temperature } the other classes get { $train } % of the probability there, and { $val } % on val. That says hardly more than the labels do.
cause-sure-teacher-remedy = Try a higher temperature, train the teacher for fewer epochs or with augmentation, or let the student see augmented images, of which the teacher is less sure{ $change ->
    [yes] :
   *[no] .
}
cause-underfit = The student was still learning when its training ended: in the last { $late ->
    [one] epoch
   *[other] { $late } epochs
} of { $epochs } the train loss still made { $fall } % of its whole fall, and val accuracy rose by { $rise } points.
cause-underfit-remedy = Distilled students start slowly; train baseline and student for longer before you compare them:
cause-small-gain = If there is a gain, it is too small for this study: { $gain } points were measured, and with { $images } test images and { $seeds } a gain must be { $least } points to be found clear four times out of five.
cause-name = { $kind ->
    [weak-teacher] The teacher is not better on val than the student alone.
    [other-input] The teacher does far worse here than its card says.
    [other-views] The teacher is not used to the student’s views.
    [wrong-labels] Many labels look wrong.
    [sure-teacher] The teacher knows the training images by heart.
    [underfit] The student was still learning when its training ended.
    [edge] The best setting lies at an end of what was searched.
   *[small-gain] The gain is too small for these images and seeds.
}
