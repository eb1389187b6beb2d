# What teacher and student cost to keep and to run.
cost = Size and speed
cost-bytes = Weights on disk, MB
cost-single = One image, ms
cost-batch = A batch, ms
cost-throughput = Images per second
cost-passes = { $number ->
    [one] 1 pass
   *[other] { $number } passes
}
cost-note = Latency from pixels to logits: median and quartiles of repeated passes after warm-up, on { $hardware }. { $turns ->
    [yes] Teacher and student took turns, pass by pass. A ratio is printed as far as another measurement would repeat it.
   *[no] Each model was timed by itself, so these latencies give no ratio that another measurement would repeat.
} Other load on the machine slows them.
cost-unmeasured = Speed was not measured.
cost-not-yet = Speed has not been measured yet; the test run measures it.
cost-same = The baseline and every distilled student are the same model and cost the same.
hardware = { $device }, { $num_threads ->
    [one] 1 CPU thread
   *[other] { $num_threads } CPU threads
}, { $precision }, { $date }
speed-factor = { $is_range ->
    [yes] { $low } to { $high }
   *[no] about { $low }
}
speed-quartiles = { $is_range ->
    [yes] between { $low } and { $high }
   *[no] { $low }
}
speed-short = { $relation ->
    [faster] { $factor }× as fast
    [slower] takes { $factor }× as long
    [same] about as fast
   *[unclear] varies too much for a ratio
}
speed-beside-teacher = { $relation ->
    [faster] { $factor }× as fast as the teacher
    [slower] takes { $factor }× as long as the teacher
    [same] about as fast as the teacher
   *[unclear] varies too much for a ratio
}
speed-head = Speed, one image
speed-fact = { $relation ->
    [faster] { $factor }×
    [slower] { $factor }× as long
    [same] about the same
   *[unclear] –
}
speed-fact-basis = { $student } ms{ $relation ->
    [faster] , { $quartiles } times as fast as the { $num_teachers ->
        [1] teacher
       *[other] teachers one after another
    }
    [slower] , { $quartiles } times as long as the { $num_teachers ->
        [1] teacher
       *[other] teachers one after another
    }
    [same] , about as fast as the { $num_teachers ->
        [1] teacher
       *[other] teachers one after another
    }
   *[unclear] ; passes vary too much for a ratio
}
speed-sentence = { $images ->
    [1] For one image
   *[other] For a batch of { $images }
} { $relation ->
    [faster] the student is { $factor } times as fast as the { $num_teachers ->
        [1] teacher
       *[other] teachers one after another
    } (half of { $pairs } pairs of passes{ $same ->
        [yes] { "" }
       *[no] : { $quartiles }
    }).
    [slower] the student takes { $factor } times as long as the { $num_teachers ->
        [1] teacher
       *[other] teachers one after another
    } (half of { $pairs } pairs of passes{ $same ->
        [yes] { "" }
       *[no] : { $quartiles }
    }).
    [same] the student is about as fast as the { $num_teachers ->
        [1] teacher
       *[other] teachers one after another
    }.
   *[unclear] the passes vary too much to compare the student’s speed with the { $num_teachers ->
        [1] teacher’s
       *[other] teachers’
    }: other work on the machine does that.
}
