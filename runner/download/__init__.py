"""A batch of ReSim's cloud onto disk: as a workspace, whole, resumable, and honest about gaps."""
