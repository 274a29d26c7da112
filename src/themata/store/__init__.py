"""Store: a fitted model as a folder of safetensors, Parquet and JSON. Never pickle."""
