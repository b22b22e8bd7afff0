"""Crash reports: how faults are captured, cleaned, and sent to a Sentry-compatible server."""
