"""What only a GPU can answer, asked in one command of at most nine minutes: ``python -m bench.gpu``.

Whether a training there is right (``correctness``, ``resume``, ``processes``), how fast it is (``speed``, ``vit``),
whether packs and ``torch.compile`` pay (``packs``), and whether a whole sweep comes to its report (``sweep``). It needs
torch, numpy, pyarrow, pillow, safetensors, pydantic and transformers beside the project; the last stage all of it.
"""
