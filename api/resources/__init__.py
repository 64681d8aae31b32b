"""The endpoints: one module for each resource, with its query parameters."""
