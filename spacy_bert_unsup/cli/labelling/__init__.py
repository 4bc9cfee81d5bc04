"""Commands that turn people's labels into assets."""
