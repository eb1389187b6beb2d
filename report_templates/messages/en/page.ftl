# What stands around every page.
page-skip = To the content
page-footer = Written from result files alone; the same files give the same bytes.
standing = { $state ->
    [complete] Complete: { $total ->
        [one] its one run is over.
       *[other] all { $total } runs are over.
    }
    [running] Running when this page was made: { $done } of { $total } { $total ->
        [one] run
       *[other] runs
    } over.
    [failed] Failed: { $failed ->
        [0] nothing is left that could start;
        [one] 1 run, { $first }, ended in an error;
       *[other] { $failed } runs, first { $first }, ended in an error;
    } { $done } of { $total } are over.
    [stopped] Stopped: { $done } of { $total } { $total ->
        [one] run
       *[other] runs
    } over, and nothing is at work.
   *[unreadable] Unreadable: of some runs nobody can tell where they stand; { $done } of { $total } are over.
}
standing-go-on = { $state ->
    [failed] When the cause is mended:
   *[stopped] Go on where it was started:
}
page-title = { $sweep }: { $verdict }, { $gain } points
page-title-open = { $sweep }: { $final ->
    [yes] no answer
   *[no] no answer yet
}
topics = Topics
topic-empty = Nothing to show yet: the results that it needs are not there.
way-sweeps = All sweeps
page-permalink = Link to “{ $heading }”
page-made = { $ended ->
    [yes] Results of { $date }, shown by kd-sweep { $version }.
   *[no] No run has ended yet; shown by kd-sweep { $version }.
}
interim = So far, on val images alone: the student alone { $baseline } % ({ $num_seeds ->
    [one] 1 seed
   *[other] { $num_seeds } seeds
}), the best of { $num_trials ->
    [one] 1 trial
   *[other] { $num_trials } trials
} { $best } %. That is no answer: the trial was picked for this number.
# Topics: in the navigation and as headings of their pages.
topic-answer = Answer
topic-certainty = Certainty
topic-methods = Methods
topic-controls = Controls
topic-other-tests = Other test sets
topic-classes = Classes
topic-errors = Errors
topic-labels = Labels
topic-agreement = Teacher agreement
topic-size = Size and speed
topic-calibration = Calibration
topic-training = Training
topic-search = Search
topic-runs = Runs
topic-provenance = Provenance
