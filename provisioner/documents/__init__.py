"""The papers around a plan: pure functions of a Proposal, in French and English at once."""
