# The table of runs.
runs = Runs
runs-run = Run
runs-role = Role
runs-time = Training time
runs-attempts = Attempts
runs-others = { $number ->
    [one] 1 other run folder
   *[other] { $number } other run folders
} from earlier versions of this sweep, not used here: { $names }
several-attempts = { $number }: { $ends }
