# What should be there and is not.
holes = Holes
holes-what = What
holes-why = Why
final-runs = final runs
test-run = test run
hole-no-search = the search has not begun
hole-no-finals = they start when the search has chosen alpha and T
hole-no-test = the test images are read once, when every other run is over
hole-unread = read the test images without { $runs }
hole-failed = failed ({ $kind }): { $reason }
hole-unfinished = unfinished after { $number ->
    [one] 1 epoch
   *[other] { $number } epochs
}
hole-last-attempt = unfinished after { $number ->
    [one] 1 epoch
   *[other] { $number } epochs
}; its last attempt: { $end }
hole-needs = not started: it needs { $runs }, which failed
hole-unreadable = unreadable: { $reason }
hole-predictions-missing = missing, so there are no { $use ->
    [ensemble] val figures of the ensemble
   *[test] intervals over images and no pictures
}
hole-predictions-damaged = damaged ({ $error }), so there are no { $use ->
    [ensemble] val figures of the ensemble
   *[test] intervals over images and no pictures
}
hole-steps-damaged = damaged ({ $error }), so the losses of its steps are not drawn
