# Words and quantities that every page needs.
images = { $number ->
    [one] 1 image
   *[other] { $number } images
}
