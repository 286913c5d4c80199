"""What really runs, package by package: gathered on the hosts, written as CycloneDX, compared with known advisories."""
