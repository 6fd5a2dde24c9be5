"""Tests. The folders mirror the source tree; helpers of several folders are in `support/`."""
