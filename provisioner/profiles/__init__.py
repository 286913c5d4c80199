"""Needs profiles: rules, changes, interview and imports. Pure but for reading files."""
