# Accuracy against size and latency.
tradeoff-heading = Accuracy against cost
tradeoff-accuracy = test accuracy, %
tradeoff-axis-size = parameters (log scale)
tradeoff-axis-latency = one image, ms (log scale)
tradeoff-size-text = { $arm }: { $accuracy } % with { $price } parameters
tradeoff-latency-text = { $arm }: { $accuracy } % in { $price } ms
tradeoff-size-figure = Test accuracy against number of parameters: { $values }.
tradeoff-latency-figure = Test accuracy against the latency of one image: { $values }.
tradeoff-size-caption = Test accuracy against size; up and to the left is better.
tradeoff-latency-caption = Test accuracy against the latency of one image; up and to the left is better. Horizontal lines: quartiles of repeated passes, on { $hardware }. An ensemble is not timed as a whole.
tradeoff-note = Vertical lines: 95 % interval for another training of the student and another test sample; of a single training, for another test sample alone. Every student is the same model and costs the same; the marks stand side by side only to be seen.
tradeoff-published = Hollow: published, { $source }, placed at our models’ cost.
