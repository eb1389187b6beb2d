# Were there seeds and test images enough? And what may one training expect?
power-one-training = Of { $pairs } pairs of one distilled and one baseline training, the distilled one is better in { $wins }{ $ties ->
    [0] { "" }
    [one] , with 1 tie
   *[other] , with { $ties } ties
}: a probability of { $share } % (95 % interval { $low } to { $high } %).
power-told = A study of { $seeds } and { $images } tells a true gain of { $least } points four times out of five.
power-way = { $way ->
    [seeds] A gain as large as the one measured would take about { $seeds }:
    [images] A gain as small as the one measured takes no number of seeds, since these test images alone leave ±{ $floor } points; about { $images } would tell it.
    [both] A gain as small as the one measured would take about { $seeds } and { $images }: these test images alone leave ±{ $floor } points.
   *[none] A gain as small as the one measured is beyond any number of seeds and of test images that could be had.
}
power-few = { $num_seeds ->
    [one] 1 seed says
   *[other] { $num_seeds } seeds say
} nothing of how likely one distilled training beats one baseline training, nor which gain could have been told. This goes on, and keeps what is finished:
power-sizes = What other sizes would tell
power-sizes-note = From the variances of this study, taken to stay as they are; of few seeds they are rough. “Tells”: four studies out of five find such a true gain clear.
power-size-seeds = Seeds
power-size-images = Test images
power-size-width = 95 % interval, ± points
power-size-gain = Tells a gain of, points
power-any-number = any number
