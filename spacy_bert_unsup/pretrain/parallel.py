"""The processes that share a run: started by torchrun, or just this one."""

from __future__ import annotations

import os
from dataclasses import dataclass

import torch
from torch import distributed


@dataclass(frozen=True, slots=True)
class Team:
    """This process among its peers.

    rank (int): Number of this process; 0 writes files and logs.
    world (int): How many processes share each step.
    device (str): Where this process computes.
    """

    rank: int
    world: int
    device: str

    @property
    def leads(self) -> bool:
        """Whether this process writes files and logs."""
        return self.rank == 0

    def share(self, values: list[float]) -> list[float]:
        """RETURNS (list[float]): The leader's values, the same on every process."""
        if self.world == 1:
            return values
        tensor = torch.tensor(values, dtype=torch.float64, device=self.device)
        distributed.broadcast(tensor, src=0)
        return tensor.tolist()


def join_team(device: str) -> Team:
    """Find out whether torchrun started this process, and join its peers.

    device (str): "cpu" joins by gloo, "cuda" by nccl with one GPU per process.
    RETURNS (Team): A team of one without torchrun.
    """
    world = int(os.environ.get("WORLD_SIZE", "1"))
    if world == 1:
        return Team(rank=0, world=1, device=device)
    on_gpu = device.startswith("cuda")
    distributed.init_process_group("nccl" if on_gpu else "gloo")
    if on_gpu:
        device = f"cuda:{os.environ['LOCAL_RANK']}"
        torch.cuda.set_device(device)
    return Team(rank=distributed.get_rank(), world=world, device=device)


def leave_team(team: Team) -> None:
    """Part from the peers, if there are any."""
    if team.world > 1:
        distributed.destroy_process_group()
