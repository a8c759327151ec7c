"""The sockets: what the use cases need from the outside, and the frozen values that cross."""
