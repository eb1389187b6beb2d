"""How anything is drawn: looks, marks, texts that stay inside, data beside the drawing."""
