"""One module for what each kind of record has to hold to, and how it is staged."""
