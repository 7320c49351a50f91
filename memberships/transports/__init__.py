"""Ways out for members: files of several formats, and a lake."""
