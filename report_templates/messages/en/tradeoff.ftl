# Accuracy against size and latency.
tradeoff-heading = { measure-head } against cost
tradeoff-accuracy = { test-measure }, %
tradeoff-axis-size = parameters (log scale)
tradeoff-axis-latency = one image, ms (log scale)
tradeoff-size-text = { $arm }: { $accuracy } % with { $price } parameters
tradeoff-latency-text = { $arm }: { $accuracy } % in { $price } ms
tradeoff-size-figure = { test-measure-head } against number of parameters: { $values }.
tradeoff-latency-figure = { test-measure-head } against the latency of one image: { $values }.
tradeoff-size-caption = { test-measure-head } against size; up and to the left is better.
tradeoff-latency-caption = { test-measure-head } against the latency of one image; up and to the left is better. Horizontal lines: quartiles of repeated passes, on { $hardware }. An ensemble is not timed as a whole.
tradeoff-note = Vertical lines: 95 % interval for another training of the student and another test sample; of a single training, for another test sample alone. Every student is the same model and costs the same; the marks stand side by side only so that they can be seen.
tradeoff-published = Hollow: published, { $source }, placed at our models’ cost.
