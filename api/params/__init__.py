"""Query parameters: closed models, the types of their fields, and what is wrong with a query."""
