"""ReSim's API: a stub server that serves workspaces to builds, and a client for the real one."""
