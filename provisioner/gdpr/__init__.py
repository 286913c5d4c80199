"""Data protection: record, notices, requests, retention, breaches, checks."""
