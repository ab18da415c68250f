#!/usr/bin/env python3
"""A model of ours converted for ncnn, a runtime for phones, and both compared on the same pictures.

  item_mobile.py Models/item-embed-s1.onnx PICTURE... [--to FOLDER] [--json] [--fp16]

pnnx (the converter of the ncnn project) turns the ONNX file into NAME.ncnn.param and NAME.ncnn.bin in FOLDER; every output
for every picture is compared with ONNX Runtime's: the largest difference, over the largest absolute value, and for vectors
the least cosine. With --fp16 weights are kept in half precision, as phones do. Without pictures, two drawn ones are taken.
Needs numpy, pillow, onnxruntime, ncnn and pnnx. Ends with status 1 when a cosine is below 0.9999 (0.999 with --fp16).
"""
import argparse
import importlib.util
import json
import pathlib
import subprocess
import sys
import tempfile

import ncnn
import numpy as np
import onnxruntime
from PIL import Image


def convert(model, shapes, folder, half):
    """The paths of the converted graph and its weights."""
    model = pathlib.Path(model).resolve()
    # The package's program stands alone; its Python part would need PyTorch.
    program = pathlib.Path(importlib.util.find_spec("pnnx").origin).parent / "pnnx"
    param, weights = folder / f"{model.stem}.ncnn.param", folder / f"{model.stem}.ncnn.bin"
    sizes = ",".join("[" + ",".join(map(str, shape)) + "]" for shape in shapes)
    with tempfile.TemporaryDirectory() as rest:
        copy = pathlib.Path(rest) / model.name
        copy.write_bytes(model.read_bytes())
        told = subprocess.run(
            [program, copy, f"inputshape={sizes}", f"ncnnparam={param}", f"ncnnbin={weights}", f"fp16={int(half)}"],
            cwd=rest, capture_output=True, text=True)
    if told.returncode or not param.exists():
        sys.exit(f"pnnx cannot convert {model.name}: {told.stderr[-2000:]}")
    return param, weights


def pictures(paths, shape, manifest):
    _, channels, height, width = shape
    if not paths:
        y, x, c = np.mgrid[0:height, 0:width, 0:channels]
        return [np.float32(np.sin(x / 7 * (k + 1)) + np.cos(y / 5 + c)).transpose(2, 0, 1) for k in range(2)]
    steps = manifest.get("preprocess", {})
    mean, deviation = np.float32(steps.get("mean", [0])), np.float32(steps.get("std", [1]))
    found = []
    for path in paths:
        image = np.asarray(Image.open(path).convert("RGB").resize((width, height), Image.BILINEAR), np.float32)
        found.append(((image - mean) / deviation).transpose(2, 0, 1))
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("pictures", nargs="*")
    parser.add_argument("--to", default=".")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--fp16", action="store_true")
    options = parser.parse_args()
    folder = pathlib.Path(options.to).resolve()
    folder.mkdir(parents=True, exist_ok=True)

    session = onnxruntime.InferenceSession(options.model, providers=["CPUExecutionProvider"])
    beside = pathlib.Path(options.model).with_suffix(".json")
    manifest = json.loads(beside.read_text()) if beside.exists() else {}
    port = session.get_inputs()[0]
    width, height = manifest.get("preprocess", {}).get("size", [64, 64])
    # What the model leaves open is what the manifest serves it with.
    shape = [size if isinstance(size, int) else open_ for size, open_ in zip(port.shape, [1, 3, height, width])]
    param, weights = convert(options.model, [shape], folder, options.fp16)

    net = ncnn.Net()
    net.opt.use_vulkan_compute = False
    net.opt.num_threads = 1
    if not options.fp16:
        net.opt.use_fp16_packed = net.opt.use_fp16_storage = net.opt.use_fp16_arithmetic = False
        net.opt.use_bf16_storage = False
    net.load_param(str(param))
    net.load_model(str(weights))
    names = [output.name for output in session.get_outputs()]
    largest, cosine = {name: 0.0 for name in names}, {name: 1.0 for name in names}
    for picture in pictures(options.pictures, shape, manifest):
        picture = np.ascontiguousarray(picture)
        wanted = session.run(None, {port.name: picture[None]})
        for at, name in enumerate(names):
            extractor = net.create_extractor()
            extractor.input("in0", ncnn.Mat(picture))
            code, mat = extractor.extract(f"out{at}")
            ours, theirs = wanted[at].ravel(), np.array(mat).ravel()
            if code or ours.shape != theirs.shape:
                sys.exit(f"{name}: ncnn gave {theirs.shape}, not {ours.shape} (code {code})")
            largest[name] = max(largest[name], float(np.abs(ours - theirs).max() / np.abs(ours).max()))
            length = np.linalg.norm(ours) * np.linalg.norm(theirs)
            cosine[name] = min(cosine[name], float(ours @ theirs / length))
    report = {"ncnn": ncnn.__version__, "param": str(param), "largest": largest, "cosine": cosine}
    if options.json:
        print(json.dumps(report))
    else:
        for name in names:
            print(f"{name}: largest difference {largest[name]:.2e} of the largest value, least cosine {cosine[name]:.7f}")
    sys.exit(0 if min(cosine.values()) >= (0.999 if options.fp16 else 0.9999) else 1)


if __name__ == "__main__":
    main()
