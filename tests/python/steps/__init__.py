"""The year, one file a service."""
