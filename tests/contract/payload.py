"""Jobs whose runs do nothing until a file tells them to end, and note what they see."""

import json
import os
import time

import submitit

from harness.cluster.job import RunsJob
from harness.cluster.stop_flag import StopFlag
from harness.state.attempts.files import read_attempts
from harness.state.attempts.lease import Hardware, take_lease
from kd.files import write_bytes, write_record
from kd.records import Code, Metrics


class WaitingJob(RunsJob):
    """Runs that last until ``finish`` stands in their folder. With ``stubborn`` there they do not heed signals."""

    def _work_together(self, job_id: str, stop: StopFlag) -> None:
        """The first task works, the others keep it company."""
        rank = submitit.JobEnvironment().global_rank
        for run_id in self.run_ids:
            (self.sweep / "runs" / run_id / f"task-{rank}").touch()
        if rank == 0:
            self.work(job_id, stop)
        while not self._is_over() and not stop.is_set():
            time.sleep(0.02)

    def work(self, job_id: str, stop: StopFlag) -> None:
        for run_id in self.run_ids:
            folder = self.sweep / "runs" / run_id
            if stop.is_set():
                return
            if (folder / "metrics.json").exists():
                continue
            lease = take_lease(folder, job_id, Hardware(num_threads=self.num_threads), Code())
            if lease is None:
                continue
            number = len(read_attempts(folder))
            seen = {name: os.environ.get(name) for name in ("CUDA_VISIBLE_DEVICES", "SLURMD_NODENAME", "LAB_SETUP")}
            write_bytes(folder / f"seen-{number}.json", json.dumps(seen | {"started": time.time()}).encode())
            while not (folder / "finish").exists():
                if (folder / "die").exists():
                    os._exit(1)
                if stop.is_set() and not (folder / "stubborn").exists():
                    lease.end(stop.end, stop.reason)
                    return
                lease.guard()
                time.sleep(0.02)
            write_record(folder / "metrics.json", Metrics(run_id=run_id))
            lease.end("complete")
