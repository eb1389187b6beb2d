"""Tables of images and labels: on the Hub, in parquet files, in metadata."""
