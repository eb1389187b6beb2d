# What the sweep cost, and how to carry it out again.
reproduce-heading = Reproduce this sweep
reproduce-copy = Copy command
reproduce-note = In a copy of the program. With the same versions on the same kind of CPU the same numbers come out; on a GPU, or another CPU, they may differ a little.
reproduce-version = The program was installed as kd-sweep { $version }.
reproduce-no-commit = The commit is not known, so the program’s version is left open.
reproduce-changed = The program had uncommitted changes, which the command does not bring back.
reproduce-own-file = The sweep file is not one of the program’s; what it came to stands below and can be saved as one.
reproduce-several = Attempts were made by { $number } different commits; this one is that of the last start.
reproduce-parts = Division of the data
reproduce-part = { $name ->
    [train] train
    [val] val
   *[test] test
} ({ $number ->
    [one] 1 image
   *[other] { $number } images
})
reproduce-parts-note = Hash: SHA-256 of the positions of the part’s images in the stored data; the same hash is the same division.
reproduce-comma = { ", " }
reproduce-cost = Machine time
reproduce-gpu-hours = { $hours } GPU-hours on { $device }
reproduce-core-hours = { $hours } core-hours on CPU
reproduce-open = { $number ->
    [one] 1 attempt of unknown length not counted
   *[other] { $number } attempts of unknown length not counted
}
reproduce-survived = Interruptions survived
reproduce-interrupted = { $cause ->
    [preempted] { $number } preempted or stopped
    [timeout] { $number } by time limit
    [died] { $number } died
    [disk-full] { $number } by a full disk
   *[out-of-memory] { $number } out of memory
}
reproduce-survivors = { " " }in { $number ->
    [one] 1 run, which went on to its end
   *[other] { $number } runs, which all went on to their end
}
reproduce-undisturbed = none; no run that is over was interrupted
