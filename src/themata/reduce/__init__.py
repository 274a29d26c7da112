"""Reducers: points in fewer dimensions."""
