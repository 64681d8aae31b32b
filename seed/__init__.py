"""Content packages: what a writer gives, checked and turned into a generation of content."""
