"""Rows in one SQLite file that one thread writes to.

Who reads or backs up comes in here, who writes by `writing`.
"""

from .backups import back_up, look_through, new_backup
from .reading import reading

__all__ = ["back_up", "look_through", "new_backup", "reading"]
