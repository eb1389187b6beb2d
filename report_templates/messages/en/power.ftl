# Were there seeds and test images enough? And what may one training expect?
power-one-training = Of { $pairs } pairs of one distilled and one baseline training, the distilled one is better in { $wins }{ $ties ->
    [0] { "" }
    [one] , with 1 tie
   *[other] , with { $ties } ties
}: a probability of { $share } % (95 % interval { $low } to { $high } %).
power-told = A study with { $seeds } and { $images } would find a true gain of { $least } points clear in four cases out of five.
power-way = { $way ->
    [seeds] To find a gain as large as the one measured would take about { $seeds }:
    [images] No number of seeds would find a gain as small as the one measured, since these test images alone leave an uncertainty of ±{ $floor } points; about { $images } would.
    [both] To find a gain as small as the one measured would take about { $seeds } and { $images }: these test images alone leave an uncertainty of ±{ $floor } points.
   *[none] A gain as small as the one measured cannot be found with any realistic number of seeds and test images.
}
power-few = { $num_seeds ->
    [1] 1 seed does
   *[other] { $num_seeds } seeds do
} not say how likely one distilled training is to beat one baseline training, nor how large a gain this study could have found. To continue and keep what is finished:
power-sizes = What other study sizes would find
power-sizes-note = From the variances of this study, assuming that they stay the same; with few seeds they are rough. “Finds”: four studies out of five would find such a true gain clear.
power-size-seeds = Seeds
power-size-images = Test images
power-size-width = 95 % interval, ± points
power-size-gain = Gain it finds, points
power-any-number = any number
