"""A stub of ReSim's API that serves workspaces to builds."""
