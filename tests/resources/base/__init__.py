"""Behaviour that many resources share: fields, adoption, claims, lost responses."""
