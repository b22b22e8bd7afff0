"""Where rows are kept on more than one machine: a Valkey cluster, on the library's connections."""

__all__: list[str] = []
