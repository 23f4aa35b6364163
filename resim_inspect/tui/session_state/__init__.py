"""Views of documents and workspaces that outlive the app: what they are, their files, restoring."""
