"""sic: what a document says, word for word, over HTTP."""

__version__ = "1.1.0"
