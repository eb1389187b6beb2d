"""Views of images, the same for teacher and student."""
