"""The real encoder, loaded once for the pages too."""

from tests.peerlearn.recommend.conftest import encoder

__all__ = ["encoder"]
