"""Outside auditors judge a host: each module asks one of them, `run` brings them together, `compare` looks back."""
