"""What chance may have made: intervals, tests, and how much a study could tell."""
