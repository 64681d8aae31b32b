"""Records: their public shapes, how rows become them, and the lists that they stand in."""
