"""What a source's folder holds beside its images, and the files that divide and label it."""
