"""Random changes, faults and kills, after which the next `pulumi up` must reach the program."""
