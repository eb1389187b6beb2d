# Seeds that are added until they are enough, and verdicts with a margin.
seeds-open = { $number } seeds so far, of at most { $most }: whether they are enough is decided on val.
seeds-decided = { $number } seeds, of at most { $most }: { $why }. { $looks ->
    [one] Val was looked at once
   *[other] Val was looked at { $looks } times
}, and the intervals allow for every look. Cost: { $runs ->
    [one] 1 training
   *[other] { $runs } trainings
}, { $hours }.
seeds-why = { $why ->
    [half-width] the interval on test should be no wider than ±{ $half } points, and ±{ $wanted } was asked for
    [zero] on val the gain was { $gain } points, so that on test its interval should be clear of zero (within { $low } to { $high })
    [margin] on val the gain was { $gain } points, so that on test its interval should lie within ±{ $margin } (within { $low } to { $high })
    [images] more would hardly narrow the interval on test, which should be ±{ $half } points: more test images would
    [max] no more may be added; by val the gain’s interval on test should lie within { $low } to { $high } points
   *[failed] fewer than two pairs of trainings are complete, so that more would be likely to fail too
}
seeds-gpu-hours = { $hours } GPU-hours
seeds-core-hours = { $hours } core-hours
real-read-often = The test images were read { $number } times; settings or seeds that are changed after a reading can make the figures a little too good.
answer-equivalent = The interval lies within ±{ $margin } points, the margin of this sweep{ $direction ->
    [gain] : a gain is clear, and smaller than what was said to matter.
    [loss] : a loss is clear, and smaller than what was said to matter.
   *[no-clear-difference] : a difference that matters is ruled out.
}
answer-undecided = The interval includes zero and reaches beyond the margin of ±{ $margin } points: neither a difference nor equivalence is shown. A true gain of up to { $gain } points, or a loss of up to { $loss } points, would look like this.
