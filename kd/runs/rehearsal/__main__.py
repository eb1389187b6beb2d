"""``python -m kd.runs.rehearsal REQUEST DATA RESULT``."""

from kd.runs.rehearsal.models import main

if __name__ == "__main__":
    main()
