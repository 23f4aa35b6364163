"""ReSim's API: a stand-in that serves workspaces to builds, and a client for the real one."""
