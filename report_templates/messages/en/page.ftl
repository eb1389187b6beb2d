# What stands around every page.
page-skip = To the content
page-footer = Made from the result files alone; the same files give the same page, byte for byte.
standing = { $state ->
    [complete] Complete: { $total ->
        [one] its one run is finished.
       *[other] all { $total } runs are finished.
    }
    [running] Running when this page was made: { $done } of { $total } { $total ->
        [one] run
       *[other] runs
    } finished.
    [failed] Failed: { $failed ->
        [0] no run is left that could start;
        [one] 1 run ended in an error;
       *[other] { $failed } runs ended in an error;
    } { $done } of { $total } { $total ->
        [one] run
       *[other] runs
    } finished.
    [queued] Waiting in the queue, as far as can be seen from here: { $done } of { $total } { $total ->
        [one] run
       *[other] runs
    } finished{ $failed ->
        [0] .
        [one] ; 1 run ended in an error.
       *[other] ; { $failed } runs ended in an error.
    }
    [stopped] Stopped: { $done } of { $total } { $total ->
        [one] run
       *[other] runs
    } finished, and nothing is running.
   *[unreadable] Unreadable: the state of some runs cannot be told; { $done } of { $total } finished.
}
standing-failure = { $number ->
    [one] { $run } failed ({ $reason }).
   *[other] The first of them is { $run } ({ $reason }).
}
standing-reason = { $kind }: { $reason }
standing-go-on = { $state ->
    [failed] Once the cause is fixed:
    [diverged] The same settings diverge again: change them in the sweep file or by SET (a lower optimizer.lr, clip_grad_norm, a warm-up), or mend a model of your own, and repeat:
    [unreadable] Which file it is, and what to do:
    [queued] If no controller is looking after it, where it was started:
   *[stopped] To continue, where it was started:
}
page-title = { $sweep }: { $verdict }, { $gain } points
page-title-open = { $sweep }: { $final ->
    [yes] no answer
   *[no] no answer yet
}
topics = Topics
topic-empty = Nothing to show yet: the results it needs are not there.
way-sweeps = All sweeps
page-permalink = Link to “{ $heading }”
page-made = { $ended ->
    [yes] Results of { $date }, shown by kd-sweep { $version }.
    [undated] Shown by kd-sweep { $version }; these results have no dates.
   *[no] No run has ended yet; shown by kd-sweep { $version }.
}
interim = So far, on val images alone: the student alone { $baseline } % ({ $num_seeds ->
    [one] 1 seed
   *[other] { $num_seeds } seeds
}), the best of { $num_trials ->
    [one] 1 trial
   *[other] { $num_trials } trials
} { $best } %. This is not the answer: the trial was picked for this number.
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
