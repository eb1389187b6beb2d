# Several methods side by side, each tuned alike.
methods-yardstick = { $loss ->
    [kd] { $tuned ->
        [yes] tuned KD
       *[no] KD as given
    }
    [named-kd] { $tuned ->
        [yes] tuned KD ({ $name })
       *[no] KD as given ({ $name })
    }
   *[other] { $tuned ->
        [yes] tuned { $name }, the first of the list (none is plain KD)
       *[no] { $name } as given, the first of the list (none is plain KD)
    }
}
methods-named-lead = { $name } { $lead } points ({ $interval })
methods-more = and { $number } more
methods-better = { $number ->
    [one] { $name } is clearly better than { $yardstick }: { $lead } points (95 % interval { $interval }).
   *[other] { $number } of { $total } methods are clearly better than { $yardstick }: { $leads }.
}
methods-none = { $total ->
    [one] Whether { $name } is better or worse than { $yardstick } cannot be told: the difference is { $lead } points (95 % interval { $interval }).
   *[other] None of { $total } methods is clearly better than { $yardstick } ({ $ahead ->
        [yes] largest lead:
       *[no] the best of them:
    } { $name } { $lead } points, 95 % interval { $interval }).
}
methods-all-worse = { $number ->
    [one] { $name } is clearly worse than { $yardstick }: { $lead } points (95 % interval { $interval }).
    [2] Both methods are clearly worse than { $yardstick }: { $leads }.
   *[other] All { $number } methods are clearly worse than { $yardstick }: { $leads }.
}
methods-verdict = { $verdict ->
    [gain] clearly better
    [loss] clearly worse
    [too-few-seeds] too few seeds
   *[no-clear-difference] no clear difference
}
methods-few-seeds = { $seeds } cannot tell whether { $total ->
    [one] { $name } is
   *[other] any of { $total } methods is
} better than { $yardstick } ({ $total ->
    [one] difference:
   *[other] { $ahead ->
        [yes] largest lead:
       *[no] the best of them:
    } { $name }
} { $lead } points{ $told ->
    [no] { "" }
   *[yes] , 95 % interval { $interval }
}).
methods-worse = Clearly worse: { $leads }.
methods-untold = Whether any method is better than { $yardstick } cannot be told{ $final ->
    [yes] .
   *[no] { " " }yet.
}
methods-unknown = { $final ->
    [yes] Without a result:
   *[no] Not known yet:
} { $methods }.
methods-named-hole = { $name } ({ $why })
methods-hole = { $hole ->
    [searching] its search is still running, { $number } of { $total } trials complete
    [no-choice] no trial is complete, so nothing was chosen
    [training] its final runs are not finished
    [failed] its final runs failed
    [unread] its final runs are finished; the test images are read when those of every method are
   *[untested] it is trained, but the test images were read without it
}
methods-rule = Each interval is an individual 95 % interval, on the same seeds and test images. A lead is called clear where its p-value, adjusted by Holm for all { $number ->
    [one] 1 lead
   *[other] { $number } leads
}, is below 0.05: so the chance of even one false finding among them is below 5 %, and an interval that excludes zero need not mean a clear lead.
methods-fair = All methods share teacher, baseline, seeds and training{ $trials ->
    [0] .
   *[other] ; each was tuned with { $trials } trials on val.
}
methods-fair-apart = All methods share teacher, baseline, seeds and training; each was tuned on val, with { $trials } trials.
methods-best-on-val = “Distilled” stands for { $name }: of all methods, its search found the best result on val. The final runs played no part in that choice.
methods-first-listed = “Distilled” stands for { $name }, the first of the list: nothing was searched.
methods-best-so-far = “Distilled” stands for { $name } for now: its search has found the best result on val so far.
methods-method = Method
methods-options = Options
methods-lead = Lead over { $yardstick }, points
methods-trials = Trials
methods-pages = Each method’s own page has its search, its classes and its agreement with the teacher.
methods-leads-figure = Lead over { $yardstick }: mean and 95 % interval; below them a dot for each seed. Filled: clear after adjusting for all leads; hollow: not clear.
methods-leads-spoken = Lead over { $yardstick } in points, with 95 % intervals: { $values }.
methods-leads-axis = lead, points of { test-measure }
methods-gains-figure = Gain over the baseline by method: mean and 95 % interval; below them a dot for each seed.
methods-curves = Lines: means over the seeds of each method’s final runs; bands: from the lowest to the highest seed.
methods-is-yardstick = yardstick
methods-is-headline = best on val
methods-heading = { $name } compared with the baseline
methods-here = On this page “distilled” is the student taught by { $name }. The baseline and the teacher are those of the whole sweep.
methods-no-students = { $name } has no tested student: { $why }.
methods-file-caption = { $number ->
    [one] 1 method
   *[other] { $number } methods
} on the same seeds and { $images } test images, means over seeds, with 95 % intervals for another training of the student with the same teacher and another test sample. Lead: over { $yardstick }; p is adjusted (Holm) for all leads.
