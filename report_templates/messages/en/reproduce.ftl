# What the sweep cost, and how to reproduce it.
reproduce-heading = Reproduce this sweep
reproduce-copy = Copy command
reproduce-note = Run it in a copy of the program. The same versions on the same kind of CPU give the same numbers; on a GPU or another CPU they may differ slightly.
reproduce-version = The program was installed as kd-sweep { $version }.
reproduce-no-commit = The commit is not known, so the program’s version is left open.
reproduce-changed = The program had uncommitted changes, which the command does not bring back.
reproduce-own-file = The sweep file did not come with the program; it is shown below as resolved and can be saved as a sweep file.
reproduce-several = Attempts ran at { $number } different commits; this is the commit of the last start.
reproduce-parts = Division of the data
reproduce-part = { $name ->
    [train] train
    [val] val
   *[test] test
} ({ $number ->
    [one] 1 image
   *[other] { $number } images
})
reproduce-parts-note = Hash: SHA-256 of the positions of the part’s images in the stored data; the same hash means the same division.
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
    [timeout] { $number } at the time limit
    [died] { $number } died
    [disk-full] { $number } by a full disk
   *[out-of-memory] { $number } out of memory
}
reproduce-survivors = { " " }in { $number ->
    [one] 1 run, which was then finished
   *[other] { $number } runs, which were all finished
}
reproduce-undisturbed = none; no finished run was interrupted
