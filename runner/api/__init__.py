"""ReSim's API: a client, and a stub server that serves workspaces to builds."""
