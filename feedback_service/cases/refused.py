"""What a person asked for cannot be done as they asked; the message says why, and nothing typed is lost."""


class RefusedError(Exception):
    """Said to the person as it is."""
