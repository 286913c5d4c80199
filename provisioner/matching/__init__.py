"""The matching: from a needs profile and a catalog to the smallest set of services people will really use. Pure."""
