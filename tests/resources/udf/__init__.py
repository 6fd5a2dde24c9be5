"""`Udf` and `UdfAttachment`."""
