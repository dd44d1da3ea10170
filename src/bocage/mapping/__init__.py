"""From a fitted method to a map, its areas and where it can be trusted."""
