"""What a response can be written as. A form knows records, and nothing of the query that selected them."""
