"""Child processes that run foreign code within limits, and the messages to and from them."""
