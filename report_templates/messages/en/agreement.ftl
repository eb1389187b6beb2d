# Where a student decides as the teacher does.
agreement = Agreement with the { $num_teachers ->
    [1] teacher
   *[other] ensemble
}
agreement-share = Decides as the { $num_teachers ->
    [1] teacher
   *[other] ensemble
}, %
agreement-more = More than the baseline, points
agreement-both-right = Both right, %
agreement-student-alone = Student alone right, %
agreement-teacher-alone = { $num_teachers ->
    [1] Teacher
   *[other] Ensemble
} alone right, %
agreement-wrong-alike = Both wrong, alike, %
agreement-wrong-apart = Both wrong, apart, %
agreement-note = Shares of the test images, means over seeds; the last five columns add up to 100. Intervals are 95 % and cover both another training of the student and another test sample. A student that decides as the { $num_teachers ->
    [1] teacher
   *[other] ensemble
} does takes over its errors too: both wrong, alike.
