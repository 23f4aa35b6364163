"""The engine that runs builds in containers of docker or podman."""
