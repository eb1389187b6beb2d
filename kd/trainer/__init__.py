"""Distillation in a few lines, for a script or a notebook: own models, own data loaders, no sweep.

    set_seed(42)
    loss = DistillationLoss(temperature=3.0, alpha=0.7)
    optimizer = torch.optim.SGD(student.parameters(), lr=0.1, momentum=0.9)
    trainer = DistillationTrainer(teacher, student, train_loader, test_loader, loss, optimizer, device)
    history = trainer.train(num_epochs=50)

Steps, averaged weights, checkpoints and precision are the sweep's own (``kd.training``). Searching, several seeds and
several processes are left to a sweep.
"""

from kd.trainer.distillation import CURVES, Callback, DistillationTrainer

__all__ = ["CURVES", "Callback", "DistillationTrainer"]
