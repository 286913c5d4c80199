"""How a host is hardened: rules and waivers as data, and what follows from them. Pure: nothing here touches a host."""
