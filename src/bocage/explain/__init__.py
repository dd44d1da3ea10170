"""Which dimensions of an embedding carry which class, and how few are enough."""
