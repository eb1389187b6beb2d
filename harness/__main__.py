"""``python -m harness``."""

import sys

INTERRUPTED = 130  # what a shell makes of Ctrl-C

if __name__ == "__main__":
    try:
        from harness.garbage import collected_later

        with collected_later():  # of what is imported nothing goes
            from harness.cli import main
        main()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
