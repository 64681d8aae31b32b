"""The schema of one generation of content, step by step."""
