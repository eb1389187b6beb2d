# Where a student decides as the teacher does.
agreement = Agreement with the { $num_teachers ->
    [1] teacher
   *[other] ensemble
}
agreement-share = Agrees with the { $num_teachers ->
    [1] teacher
   *[other] ensemble
}, %
agreement-more = More than the baseline does, points
agreement-both-right = Both right, %
agreement-student-alone = Only the student right, %
agreement-teacher-alone = Only the { $num_teachers ->
    [1] teacher
   *[other] ensemble
} right, %
agreement-wrong-alike = Both wrong, same answer, %
agreement-wrong-apart = Both wrong, different answers, %
agreement-note = Shares of the test images, averaged over seeds; the last five columns add up to 100. The 95 % intervals cover both another training of the student and another test sample. A student that agrees with the { $num_teachers ->
    [1] teacher
   *[other] ensemble
} also takes over its errors: both wrong, same answer.
