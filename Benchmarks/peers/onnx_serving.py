#!/usr/bin/env python3
"""Runs one convolutional net through `vitrine models check` and through ONNX Runtime's own Python interface, in turns.

The net is made here: residual blocks like those of ResNet-18, random weights, 224 x 224 pixels, 11.2 million parameters.
Both use the same library, one thread, all optimisations; processor time per run is compared.

  onnx_serving.py --vitrine .build/release/vitrine
"""
import argparse
import json
import os
import statistics
import subprocess
import tempfile
import time

import numpy
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper


class Net:
    """A graph that grows by layers; batch normalisation is taken to be folded into the convolutions."""

    def __init__(self):
        self.nodes, self.constants, self.random = [], [], numpy.random.default_rng(7)

    def constant(self, shape):
        name = f"w{len(self.constants)}"
        scale = (2 / max(1, int(numpy.prod(shape[1:])))) ** .5
        values = self.random.normal(0, scale, shape).astype(numpy.float32)
        self.constants.append(numpy_helper.from_array(values, name))
        return name

    def add(self, kind, inputs, **attributes):
        name = f"t{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [name], **attributes))
        return name

    def convolution(self, x, given, wanted, size, stride):
        weights, bias = self.constant((wanted, given, size, size)), self.constant((wanted,))
        return self.add("Conv", [x, weights, bias], kernel_shape=[size, size], strides=[stride, stride],
                        pads=[size // 2] * 4)

    def block(self, x, given, wanted, stride):
        y = self.add("Relu", [self.convolution(x, given, wanted, 3, stride)])
        y = self.convolution(y, wanted, wanted, 3, 1)
        if stride > 1:
            x = self.convolution(x, given, wanted, 1, stride)
        return self.add("Relu", [self.add("Add", [x, y])])


def resnet18():
    net = Net()
    x = net.add("Relu", [net.convolution("image", 3, 64, 7, 2)])
    x = net.add("MaxPool", [x], kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])
    given = 64
    for wanted in (64, 128, 256, 512):
        x = net.block(x, given, wanted, 1 if wanted == 64 else 2)
        x = net.block(x, wanted, wanted, 1)
        given = wanted
    net.nodes.append(helper.make_node("GlobalAveragePool", [x], ["features"]))
    graph = helper.make_graph(
        net.nodes, "resnet18", [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["N", 3, 224, 224])],
        [helper.make_tensor_value_info("features", TensorProto.FLOAT, ["N", 512, 1, 1])], net.constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model, full_check=True)
    return model


def python_run(path, runs):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    zeros = {"image": numpy.zeros((1, 3, 224, 224), numpy.float32)}
    session.run(None, zeros)
    began = time.process_time()
    for _ in range(runs):
        session.run(None, zeros)
    return (time.process_time() - began) * 1000 / runs


def our_run(program, path, runs):
    command = [program, "models", "check", path, "--runs", str(runs), "--json"]
    return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)["processor_ms"]


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--vitrine", default=".build/release/vitrine")
    p.add_argument("--runs", type=int, default=40, help="runs in a round")
    p.add_argument("--rounds", type=int, default=5)
    args = p.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "resnet18.onnx")
        onnx.save(resnet18(), path)
        pairs = [(our_run(args.vitrine, path, args.runs), python_run(path, args.runs)) for _ in range(args.rounds)]
    ours, theirs = (statistics.median(column) for column in zip(*pairs))
    print(f"processor time a run, median of {args.rounds} rounds of {args.runs}: vitrine {ours:.2f} ms, "
          f"Python {theirs:.2f} ms, ratio {statistics.median(a / b for a, b in pairs):.3f} "
          f"(ONNX Runtime {onnxruntime.__version__}, load average {os.getloadavg()[0]:.1f})")


if __name__ == "__main__":
    main()
