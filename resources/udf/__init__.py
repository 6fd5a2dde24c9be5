"""User-defined functions: archives, versions, attachments."""
