"""What somebody else adds to Bocage."""
