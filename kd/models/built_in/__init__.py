"""Small networks for small images, beside those of ``kd.models.cifar``."""
