"""A real SLURM for the length of a test: all daemons on this host, in one short folder, as root.

The jobs' programs are real, the scheduler is real; only the GPUs are character devices without a
card behind them. Nothing outside the folder is read or changed.
"""

import contextlib
import ctypes
import math
import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil

from tests.slurm.cluster import Cluster, LabOptions
from tests.support.waiting import wait_until

CLUSTER_BINARIES = ("munged", "slurmctld", "slurmd", "sbatch", "srun", "squeue", "scontrol", "scancel")
DATABASE_BINARIES = ("slurmdbd", "sacct", "sacctmgr", "mariadbd", "mariadb-install-db")
STOP_PATIENCE_S = 5.0


def missing(options: LabOptions) -> str | None:
    """Why such a SLURM cannot be started here, or None."""
    names = CLUSTER_BINARIES + (DATABASE_BINARIES if options.accounting else ())
    absent = [name for name in names if shutil.which(name, path=_search_path()) is None]
    if absent:
        return (
            f"{', '.join(absent)} not installed (Debian: slurmctld slurmd slurm-client munge slurmdbd mariadb-server)"
        )
    return None if os.geteuid() == 0 else "the daemons of a private SLURM need root"


class SlurmLab(Cluster):
    """A cluster of real daemons."""

    settings = ("PATH", "SLURM_CONF")

    def __init__(self, options: LabOptions | None = None) -> None:
        self.options = options = options or LabOptions()
        self.nodes = [f"n{number + 1}" for number in range(options.num_nodes)]
        self.folder = Path(tempfile.mkdtemp(prefix="slurm-", dir="/tmp"))  # sockets need a short path
        self.conf = self.folder / "slurm.conf"
        self.env = {
            name: value for name, value in os.environ.items() if not name.startswith(("SLURM_", "SBATCH_", "SUBMITIT_"))
        }
        self.env |= {"SLURM_CONF": str(self.conf), "PATH": _search_path()}
        self._daemons: dict[str, subprocess.Popen[bytes]] = {}
        self._ports = dict(zip(("slurmctld", "slurmdbd", *self.nodes), _free_ports(2 + len(self.nodes)), strict=True))

    def start(self) -> None:
        """Start every daemon and wait until all nodes are idle."""
        self._write_files()
        self._start_munge()
        if self.options.accounting:
            self._start_database()
        self.start_controller()
        for node in self.nodes:
            self.start_node(node)
        wait_until(lambda: set(self.node_states().values()) == {"idle"}, "idle nodes")

    def stop(self) -> None:
        """Stop what was started here, and nothing else."""
        if "slurmctld" in self._daemons:
            self.run("scancel", "--user=root", check=False, timeout_s=5)
        for name in reversed(self._daemons):
            _end(self._daemons[name])
        for process in self._strays():
            _send(process, signal.SIGKILL)
        shutil.rmtree(self.folder, ignore_errors=True)

    def start_controller(self) -> None:
        """Start slurmctld, with the jobs it had before."""
        self._start("slurmctld", "slurmctld", "-D")
        wait_until(lambda: "UP" in self.run("scontrol", "ping", check=False), "slurmctld")

    def stop_controller(self) -> None:
        """Stop slurmctld; jobs go on."""
        _end(self._daemons.pop("slurmctld"))

    def start_node(self, node: str) -> None:
        """Start a node's slurmd."""
        self._start(node, "slurmd", "-D", "-N", node)

    def kill_node(self, node: str) -> None:
        """What a power cut does: slurmd and every process of its jobs die at once."""
        slurmd = self._daemons.pop(node)
        slurmd.kill()
        slurmd.wait()
        jobs = [process for process in self._strays() if _environment(process).get("SLURMD_NODENAME") == node]
        # slurmstepd writes its title over its environment, so it is found as its job's parent
        victims = {parent for process in jobs for parent in _parents(process) if parent.name() == "slurmstepd"}
        victims.update(jobs)
        for process in victims:  # all stand still first, so that none reports the death of another
            _send(process, signal.SIGSTOP)
        for process in victims:
            _send(process, signal.SIGKILL)

    def add_qos(self, **limits: str) -> None:
        """Let this user submit under further QOS, each with its limits, as in ``tight="MaxSubmitJobsPerUser=2"``."""
        self.run("sacctmgr", "-i", "add", "account", "lab")
        for name, limit in limits.items():
            self.run("sacctmgr", "-i", "add", "qos", name)
            self.run("sacctmgr", "-i", "modify", "qos", name, "set", limit)
        self.run("sacctmgr", "-i", "add", "user", "root", "account=lab")
        self.run("sacctmgr", "-i", "modify", "user", "root", "set", "defaultaccount=lab")
        allowed = ",".join(["normal", *limits])
        self.run("sacctmgr", "-i", "modify", "user", "root", "where", "account=lab", "set", f"qos={allowed}")
        self.stop_controller()
        self.start_controller()

    def pass_time(self, seconds: float) -> None:
        """Nothing: time passes by itself."""

    def bring_to_limit(self, job_id: str, seconds_left: float) -> None:
        """The limit is set in whole minutes: it leaves so many seconds, or up to a minute more."""
        hours, minutes, seconds = map(int, self.job(job_id)["RunTime"].split(":"))
        self.give_time(job_id, math.ceil((3600 * hours + 60 * minutes + seconds + seconds_left) / 60))

    def give_time(self, job_id: str, minutes: int) -> None:
        """As an operator would."""
        self.run("scontrol", "update", f"JobId={job_id}", f"TimeLimit={minutes}")

    def _start_missing(self) -> None:
        if "slurmctld" not in self._daemons:
            self.start_controller()
        for node in self.nodes:
            if node not in self._daemons:
                self.start_node(node)

    def _strays(self) -> Iterator[psutil.Process]:
        """Processes of this cluster that outlive their daemon: those with its configuration in their environment."""
        daemons = {daemon.pid for daemon in self._daemons.values()} | {os.getpid()}
        for process in psutil.process_iter():
            if process.pid not in daemons and _environment(process).get("SLURM_CONF") == str(self.conf):
                yield process

    def _start(self, name: str, *words: str, env: dict[str, str] | None = None) -> None:
        log = (self.folder / "log" / f"{name}.out").open("ab")
        with log:
            self._daemons[name] = subprocess.Popen(
                words,
                env=env or self.env,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                preexec_fn=die_with_parent,
            )

    def _start_munge(self) -> None:
        munge = self.folder / "munge"
        files = {"socket": "m.sock", "key-file": "key", "pid-file": "pid", "log-file": "log", "seed-file": "seed"}
        self._start("munged", "munged", "--foreground", "--force", *(f"--{k}={munge / v}" for k, v in files.items()))
        wait_until((munge / "m.sock").exists, "munge socket")

    def _start_database(self) -> None:
        store, sock = self.folder / "db", self.folder / "db.sock"
        self.run(
            "mariadb-install-db",
            "--no-defaults",
            f"--datadir={store}",
            "--user=root",
            "--auth-root-authentication-method=normal",
            "--skip-test-db",
        )
        words = ("--no-defaults", "--user=root", f"--datadir={store}", "--skip-networking", f"--socket={sock}")
        self._start("mariadbd", "mariadbd", *words, f"--pid-file={self.folder / 'db.pid'}")
        wait_until(sock.exists, "database")
        self._start("slurmdbd", "slurmdbd", "-D", env=self.env | {"MYSQL_UNIX_PORT": str(sock)})
        wait_until(lambda: _listens(self._ports["slurmdbd"]), "slurmdbd")

    def _write_files(self) -> None:
        for name in ("munge", "state", "spool", "log", "gpu", *(f"spool/{node}" for node in self.nodes)):
            (self.folder / name).mkdir()
        key = self.folder / "munge" / "key"
        key.write_bytes(os.urandom(128))
        key.chmod(0o600)
        for number in range(self.options.gpus_per_node):
            os.mknod(self.folder / "gpu" / f"nvidia{number}", 0o20666, os.makedev(1, 3))
        self.conf.write_text(self._slurm_conf())
        (self.folder / "gres.conf").write_text(self._gres_conf())
        if self.options.accounting:
            path = self.folder / "slurmdbd.conf"
            path.touch(mode=0o600)
            path.write_text(self._slurmdbd_conf())

    def _slurm_conf(self) -> str:
        folder, options, host = self.folder, self.options, socket.gethostname().partition(".")[0]
        gpus = options.gpus_per_node
        settings = {
            "ClusterName": "lab",
            "SlurmctldHost": f"{host}(127.0.0.1)",
            "SlurmctldPort": self._ports["slurmctld"],
            "SlurmUser": "root",
            "SlurmdUser": "root",
            "AuthType": "auth/munge",
            "CredType": "cred/munge",
            # A requeued job waits until its old credential has expired: 120 s by default, and with less than 5 here.
            # To move its start forward instead makes launches fail: the new credential counts as revoked, or the
            # old job as still there.
            "AuthInfo": f"socket={folder}/munge/m.sock,cred_expire=5",
            "StateSaveLocation": folder / "state",
            "SlurmdSpoolDir": f"{folder}/spool/%n",
            "SlurmctldPidFile": folder / "slurmctld.pid",
            "SlurmdPidFile": f"{folder}/slurmd.%n.pid",
            "SlurmctldLogFile": folder / "log" / "slurmctld.log",
            "SlurmdLogFile": f"{folder}/log/slurmd.%n.log",
            "MailProg": "/bin/true",
            "MpiDefault": "none",
            "SwitchType": "switch/none",
            "ProctrackType": "proctrack/linuxproc",
            "TaskPlugin": "task/none",
            "JobAcctGatherType": "jobacct_gather/none",
            "SlurmdParameters": "config_overrides",
            "SelectType": "select/cons_tres",
            "SelectTypeParameters": "CR_CPU",
            "GresTypes": "gpu",
            "SchedulerType": "sched/backfill",
            "SchedulerParameters": "sched_interval=1,sched_min_interval=0,batch_sched_delay=1,bf_interval=1,"
            "bf_resolution=1,max_rpc_cnt=0,preempt_youngest_first",
            "PriorityType": "priority/basic",
            "JobRequeue": 1,
            "PreemptType": "preempt/partition_prio",
            "PreemptMode": "REQUEUE",
            "KillWait": 2,
            "CompleteWait": 0,
            "InactiveLimit": 0,
            "MinJobAge": 3600,
            "SlurmctldTimeout": 30,
            "SlurmdTimeout": 10,
            "MessageTimeout": 10,
            "BatchStartTimeout": 10,
            "UnkillableStepTimeout": 30,
            "ReturnToService": 2,
            "AccountingStorageType": "accounting_storage/none",
        }
        if options.user_signal:
            settings["SlurmctldParameters"] = "preempt_send_user_signal"
        if options.accounting:
            settings |= {
                "AccountingStorageType": "accounting_storage/slurmdbd",
                "AccountingStorageHost": "localhost",
                "AccountingStoragePort": self._ports["slurmdbd"],
                "AccountingStoragePass": folder / "munge" / "m.sock",
            }
        settings |= dict(options.limits)
        cpus, gres = options.cpus_per_node, f" Gres=gpu:{gpus}" if gpus else ""
        lines = [f"{key}={value}" for key, value in settings.items()]
        lines += [
            f"NodeName=DEFAULT CPUs={cpus} Boards=1 SocketsPerBoard=1 CoresPerSocket={cpus} ThreadsPerCore=1 "
            f"RealMemory=64000{gres}",
            *(
                f"NodeName={node} NodeHostname={host} NodeAddr=127.0.0.1 Port={self._ports[node]}"
                for node in self.nodes
            ),
            "PartitionName=DEFAULT Nodes=ALL State=UP MaxTime=INFINITE DefaultTime=60",
            f"PartitionName=main Default=YES PriorityTier=10 PreemptMode=REQUEUE GraceTime={options.grace_s}",
            f"PartitionName=low PriorityTier=1 PreemptMode=REQUEUE GraceTime={options.grace_s}",
            "PartitionName=high PriorityTier=100 PreemptMode=OFF",
        ]
        return "\n".join(lines) + "\n"

    def _gres_conf(self) -> str:
        last = self.options.gpus_per_node - 1
        if last < 0:
            return "AutoDetect=off\n"
        devices = f"{self.folder}/gpu/nvidia" + (f"[0-{last}]" if last else "0")
        return "AutoDetect=off\n" + "".join(f"NodeName={node} Name=gpu File={devices}\n" for node in self.nodes)

    def _slurmdbd_conf(self) -> str:
        settings = {
            "AuthType": "auth/munge",
            "AuthInfo": f"socket={self.folder}/munge/m.sock",
            "DbdHost": "localhost",
            "DbdPort": self._ports["slurmdbd"],
            "SlurmUser": "root",
            "LogFile": self.folder / "log" / "slurmdbd.log",
            "PidFile": self.folder / "slurmdbd.pid",
            "StorageType": "accounting_storage/mysql",
            "StorageHost": "localhost",
            "StorageUser": "root",
            "StorageLoc": "slurm_acct",
        }
        return "".join(f"{key}={value}\n" for key, value in settings.items())


def die_with_parent() -> None:
    """A test run that is killed leaves no daemon behind."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def _search_path() -> str:
    return os.environ.get("PATH", "") + ":/usr/local/sbin:/usr/sbin:/sbin"


def _free_ports(number: int) -> list[int]:
    """Ports that nothing listens on now; held open together so that they differ."""
    sockets = [socket.socket() for _ in range(number)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _environment(process: psutil.Process) -> dict[str, str]:
    try:
        return process.environ()
    except psutil.Error:
        return {}


def _parents(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.parents()
    except psutil.NoSuchProcess:
        return []


def _send(process: psutil.Process, number: signal.Signals) -> None:
    with contextlib.suppress(psutil.NoSuchProcess):
        process.send_signal(number)


def _end(daemon: "subprocess.Popen[bytes]") -> None:
    daemon.send_signal(signal.SIGTERM)
    try:
        daemon.wait(STOP_PATIENCE_S)
    except subprocess.TimeoutExpired:
        daemon.kill()
        daemon.wait()
