# The labels that the models contradict.
labels = Labels worth a second look
labels-of = { $part ->
    [train] Training images
    [val] Val images
   *[test] Test images
}
labels-part = { $part ->
    [train] Training images
    [val] Val images
   *[test] Test images
}: all { $models } models give the same other answer for { $unanimous ->
    [0] none
   *[other] { $unanimous }
} of { $number }; { $listed } listed.
labels-nobody = { $number ->
    [one] The model is not
   *[other] None of the { $number } models is
} clearly better than a guess on images that it was not trained on. A model that learned nothing cannot doubt a label, so no label is listed.
labels-silent = { $number ->
    [one] 1 more model is not clearly better than a guess on images that it was not trained on, and has no say.
   *[other] { $number } more models are not clearly better than a guess on images that they were not trained on, and have no say.
}
labels-explained = Images whose label at least one model contradicts, the least probable label first. The label may be wrong, or the image hard: only a person can tell. At most { $share } % of the images are listed.
labels-order = The percentage is the probability that the models give to classes other than the label; the teacher has as much weight as all students together.
labels-of-train = No model was trained on the val or test labels. All were trained on the training labels and end up repeating them, so for training images their answers during training count, averaged over the epochs. A model votes against a training label that it contradicted in most epochs; its vote is its most frequent other answer.
labels-csv = The list as CSV
labels-csv-end = .
labels-correct = { $origin ->
    [folder] To correct labels, change the label column and run { $command }: it writes a list of all files that a sweep reads as data.splits.
   *[other] To correct labels, change them in the source: source_split and source_row say where an image lies.
}
labels-test-honest = Nothing in this sweep was chosen by the test labels. Correcting them now changes the question that was asked: report the results with the old labels beside those with the new ones, and say so.
labels-no-pictures = The decoded data set is no longer there, so no pictures can be shown, and nothing can be said about training images.
labels-label = label { $name }
labels-suggested = models: { $name }
labels-confidence = { $confidence } % against the label
labels-votes = teacher { $teachers }/{ $num_teachers }, students { $students }/{ $num_students }
labels-source = { $split } row { $row }
labels-image = { $part } image { $image }
labels-picture-of = { $part } image { $image }, label { $name }
labels-hidden = { $number ->
    [one] 1 more image is in the list.
   *[other] { $number } more images are in the list.
}
