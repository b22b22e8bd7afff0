"""Where a report is stored in the cluster, by any of its receivers; what one does for all."""

from .filling import filling
from .store import ClusterStore

__all__ = ["ClusterStore", "filling"]
