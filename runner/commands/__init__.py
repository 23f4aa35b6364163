"""One module a command of resim-runner; each is imported when it is called."""
