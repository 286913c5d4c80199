"""The ladder of proofs: what every service has to go through on a real host before anybody relies on it."""
