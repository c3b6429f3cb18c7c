"""The installed sage-loop: an application that is started, not a library to import."""
