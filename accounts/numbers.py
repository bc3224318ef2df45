"""A number as its sender wrote it: 4.10 says more than 4.1, and 0.00004 has no exponent."""


class WrittenNumber(float):
    """A float of JSON that knows its own spelling, for who keeps numbers as texts."""

    written: str

    def __new__(cls, written: str) -> "WrittenNumber":
        number = super().__new__(cls, written)
        number.written = written
        return number
