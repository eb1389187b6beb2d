"""From a source to tensors: listing, decoding, a store of uint8, splits."""
