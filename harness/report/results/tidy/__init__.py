"""Results as pandas DataFrames."""
