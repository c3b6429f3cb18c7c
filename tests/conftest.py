"""What all tests share: on a busy machine an example may take long."""

from hypothesis import settings

settings.register_profile("house", deadline=None)
settings.load_profile("house")
