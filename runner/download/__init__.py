"""Download of a batch from ReSim's cloud into a workspace, resumable, with all gaps reported."""
