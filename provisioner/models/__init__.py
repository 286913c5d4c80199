"""Typed, frozen views of what people and contributors write. No input, no output."""
