"""The engine that runs builds as processes of this machine, without a container."""
