"""What pytest leaves alone: modules whose optional extra is not installed."""

from importlib.util import find_spec

NEURAL = ("aware", "batches", "networks", "stage", "training")
collect_ignore = [] if find_spec("torch") else [f"experiments/neural/{name}.py" for name in NEURAL]
