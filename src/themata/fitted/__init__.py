"""What can be done with a fitted model: pure functions over one frozen value."""
