"""What leaves the machine says nothing of the machine: paths, users, hosts, tokens and passwords are left out.

Every outlet that is made to be handed on passes each of its files through ``files.redacted_file``: the published site,
the paper, the student's card, the pages over all sweeps. The report in the sweep's own folder keeps what its owner
needs. The rule, for readers, is in docs/publishing.md.
"""
