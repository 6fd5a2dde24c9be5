"""Random changes, faults and kills; whatever happens, the next `up` ends where the program is."""
