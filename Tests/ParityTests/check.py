"""Checks an exported model with Python's packages and runs it: check.py MODEL SIDE. Prints JSON."""
import json
import sys

import numpy
import onnx
import onnxruntime

path, side = sys.argv[1], int(sys.argv[2])
model = onnx.load(path)
onnx.checker.check_model(model, full_check=True)
session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
pictures = (numpy.arange(2 * 3 * side * side) % 17 / 17).astype(numpy.float32).reshape(2, 3, side, side)
outputs = session.run(None, {"image": pictures})
print(
    json.dumps(
        {
            "format": model.ir_version,
            "set": [[o.domain, o.version] for o in model.opset_import],
            "inputs": [[i.name, i.type.tensor_type.shape.dim[0].dim_param] for i in model.graph.input],
            "shapes": [list(o.shape) for o in outputs],
            "sums": [float(o.sum()) for o in outputs],
        }
    )
)
