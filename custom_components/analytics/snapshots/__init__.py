"""Snapshots of devices for a device database: made by the host, looked at, and sent once a day."""
