"""Reads with Python's packages what the tests wrote, and writes what they read: files.py FOLDER."""
import json
import sys
from pathlib import Path

import numpy
from safetensors import safe_open
from safetensors.numpy import save_file
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

folder = Path(sys.argv[1])


def tensors():
    with safe_open(folder / "ours.safetensors", framework="numpy") as file:
        loaded = {name: file.get_tensor(name) for name in file.keys()}
        return {
            "metadata": file.metadata(),
            "tensors": {n: [str(a.dtype), list(a.shape), a.astype(float).ravel().tolist()] for n, a in loaded.items()},
        }


def events():
    log = EventAccumulator(str(folder), size_guidance={"scalars": 0, "images": 0, "histograms": 0})
    log.Reload()
    histogram = log.Histograms("weights")[0].histogram_value
    image = log.Images("photo")[0]
    return {
        "scalars": [[e.step, e.value, e.wall_time] for e in log.Scalars("loss")],
        "image": [image.step, image.width, image.height, image.encoded_image_string.hex()],
        "histogram": [histogram.min, histogram.max, histogram.num, histogram.sum, histogram.sum_squares],
        "limits": list(histogram.bucket_limit),
        "counts": list(histogram.bucket),
    }


save_file(
    {
        "halves": numpy.array([[1.5, -2.0]], dtype=numpy.float16),
        "numbers": numpy.arange(6, dtype=numpy.int64).reshape(2, 3),
        "flags": numpy.array([True, False]),
        "none": numpy.zeros((0, 4), dtype=numpy.float32),
    },
    folder / "theirs.safetensors",
    metadata={"format": "np"},
)
print(json.dumps({"safetensors": tensors(), "events": events()}))
