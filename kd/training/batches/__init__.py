"""What a batch is made of where classes differ in size or an image would be alone."""
