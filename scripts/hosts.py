"""Print the table of supported hosts as JSON, for the matrix of a workflow."""

import json

from scripts.environments import HOSTS


def matrix() -> dict[str, list[dict[str, str]]]:
    """Return each host with the newest Python that it runs on, and what is tried on it."""
    return {
        "include": [
            {"host": host.name, "python": host.pythons[0], "checked": host.checked.name.lower()}
            for host in HOSTS
        ]
    }


if __name__ == "__main__":
    print(json.dumps(matrix()))
