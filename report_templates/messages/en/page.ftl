# What stands around every page.
page-skip = To the content
page-sections = Sections
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
nav-answer = Answer
nav-methods = Methods
nav-table = Table
nav-real = Is it real?
nav-variants = Where from
nav-extra_tests = Other tests
nav-agreement = Teacher
nav-cost = Cost
nav-classes = { classes }
nav-confusions = { confusions }
nav-pictures = { pictures }
nav-labels = Labels
nav-calibration = Calibration
nav-training = { training }
nav-search = { search }
nav-missing = { missing-results }
nav-runs = { runs }
nav-provenance = { provenance }
