# Why distillation did not help: what was found, with its evidence, and what to try.
cause-nothing-learned = { $who ->
    [alone] The student alone does
   *[distilled] The distilled student does
} no better than always naming the most frequent class of val: { $accuracy } % against { $chance } %{ $number ->
    [one] { "" }
   *[other] { " " }(the mean of { $number } runs)
}.
cause-nothing-learned-remedy = { $who ->
    [alone] With a student that learned nothing there is nothing to compare: check its learning rate, its model and the data.
   *[distilled] It learned nothing: check its learning rate and the loss before you judge the teacher.
}
cause-weak-teacher = The { $num_teachers ->
    [1] teacher is
   *[other] teachers’ ensemble is
} not better than the student alone: { val-measure } { $teacher } % against { $baseline } % ({ $number ->
    [one] 1 baseline
   *[other] the mean of { $number } baselines
}).
cause-weak-teacher-remedy = { $full ->
    [yes] The student alone is right on every val image, so no teacher could be better there: take more val images, a harder task or a smaller student.
   *[no] It can soften the labels but has little to teach: { $is_trained ->
        [yes] train it longer or differently, or use another teacher.
       *[no] check what it is fed and the order of its classes, train it further here (teacher.epochs), or use another teacher.
    }
}
cause-other-input = The { $num_teachers ->
    [1] teacher
   *[other] teacher that is used as it is
} does far worse here than its model card says: { $here } % on val against { $claimed } %{ $named ->
    [yes] { " " }({ $dataset })
   *[no] { "" }
}. Its input probably differs from what it was trained on.
cause-other-input-remedy = Compare normalize, image_size and the order of the classes with what it was trained on.
cause-other-views = The { $num_teachers ->
    [1] teacher is
   *[other] teachers’ ensemble is
} right on { $views } % of the training images as the student sees them, augmented, and on { $val } % of the val images: this augmentation is new to it.
cause-other-views-remedy = Train the teacher with the student’s augmentation (teacher.augment), or give the student a milder one.
cause-wrong-labels = Many labels look wrong: on { $share } % of the val and test images ({ $number } of { $images }) all { $num_models } models confidently agree on the same other class.
cause-wrong-labels-remedy = Look at the images on which all models agree against the label, and correct wrong labels: a student can be neither taught nor measured better than its labels allow.
cause-sure-teacher = The { $num_teachers ->
    [1] teacher has
   *[other] teachers have
} memorised the training images: at T { $temperature } the other classes get { $train } % of the probability there, and { $val } % on val. That says hardly more than the labels do.
cause-sure-teacher-remedy = Try a higher temperature, train the teacher for fewer epochs or with augmentation, or let the student see augmented images, about which the teacher is less certain{ $change ->
    [yes] :
   *[no] .
}
cause-underfit = The student was still learning when its training ended: in the last { $late ->
    [one] epoch
   *[other] { $late } epochs
} of { $epochs } { $whole ->
    [yes] the training loss was still falling
   *[no] the training loss still made { $fall } % of its total decrease
}, and val accuracy rose by { $rise } points.
cause-underfit-remedy = Distilled students start slowly; train baseline and student for longer before you compare them:
cause-uneven-tuning = The student alone was trained with { $alone }, the distilled student with { $distilled }, as the search of each chose; the student alone has { $number ->
    [one] 1 complete trial
   *[other] { $number } complete trials
}, and the usual minimum is { $least }. The difference may come from these values and not from the teacher.
cause-uneven-tuning-remedy = { $change ->
    [yes] Let both search longer; finished trials are kept:
   *[no] Give both searches more values to try.
}
cause-small-gain = If there is a gain, it is too small for this study: { $gain } points were measured, and with { $images } test images and { $seeds } a gain must be { $least } points or more to be found clear in four studies out of five.
cause-name = { $kind ->
    [nothing-learned] The student learned nothing.
    [weak-teacher] The teacher is not better on val than the student alone.
    [other-input] The teacher does far worse here than its model card says.
    [other-views] The teacher was not trained on the student’s augmentation.
    [wrong-labels] Many labels look wrong.
    [sure-teacher] The teacher has memorised the training images.
    [underfit] The student was still learning when its training ended.
    [uneven-tuning] Baseline and distilled student were tuned to different values by few trials.
    [edge] The best setting lies at an end of the searched range.
   *[small-gain] The gain is too small for these images and seeds.
}
