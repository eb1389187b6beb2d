"""The files of a source's folder: its images, and those that divide, label and describe them."""
