# What should be there and is not.
missing-results = Missing results
missing-results-what = What
missing-results-why = Why
final-runs = final runs
test-run = test run
missing-because-no-search = the search has not begun
missing-because-no-finals = they start when the search has chosen a setting
missing-because-no-test = the test images are read once, when every other run is finished
missing-because-no-choice = the search has no complete trial to choose from
missing-because-nothing-to-test = the test images are only read once a baseline and a distilled student are complete
missing-because-unread = the test images were read without { $runs }
missing-because-failed = failed ({ $kind }): { $reason }
missing-because-unfinished = unfinished after { $number ->
    [one] 1 epoch
   *[other] { $number } epochs
}
missing-because-last-attempt = unfinished after { $number ->
    [one] 1 epoch
   *[other] { $number } epochs
}; its last attempt: { $end }
missing-because-needs = not started: it needs { $runs }, which failed
missing-because-unreadable = unreadable: { $reason }
missing-because-predictions-missing = missing, so there are no { $use ->
    [ensemble] val figures of the ensemble
   *[test] intervals over images and no pictures
}
missing-because-predictions-damaged = damaged ({ $error }), so there are no { $use ->
    [ensemble] val figures of the ensemble
   *[test] intervals over images and no pictures
}
missing-because-history-missing = missing, so the curves of this run are not drawn, nor its time told
missing-because-labels-damaged = damaged ({ $error }), so the labels worth a second look are found without it
missing-because-steps-damaged = damaged ({ $error }), so the losses of its steps are not drawn
missing-because-export-old = made from students that this sweep no longer has: export again
missing-because-export-damaged = damaged ({ $error }), so this export is not shown: export again
