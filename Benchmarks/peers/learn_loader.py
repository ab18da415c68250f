#!/usr/bin/env python3
"""Vitrine's loader of training pictures beside the same steps in OpenCV and numpy: processor milliseconds a picture.

  .venv-peers/bin/python Benchmarks/peers/learn_loader.py --photos photos/ --ours '.build/release/vitrine-train bench loader'

Each step of ours has its twin here: JPEG decoded at a reduced scale, brought to 1.25 times the size of training by areas,
one warp for crop, turn and flip with reflected borders, colours by tables and a saturation, the faults of a camera with the
same chances, a rectangle of drawn colours, planes of bytes. Both run on one thread without a cache, in turns in the same
minute; the figure is the median of the ratios of the rounds. --photos is a folder of JPEGs; each is first brought to 348
pixels along its shorter side at quality 85, once, in a folder that both read. The command of ours gets `--photos FOLDER
--side N --count N` and prints a line `cpu_ms_per_image X`.

Ends with status 1 when the median ratio is above --most (1.0). pip packages: numpy, opencv-python-headless.
"""
import argparse
import glob
import os
import shlex
import statistics
import subprocess
import sys
import tempfile
import time

import cv2
import numpy as np

cv2.setNumThreads(1)


def decode(data, least):
    """At an eighth, a quarter or half of the size if that is still large enough, then by areas."""
    height, width = size(data)
    for flag, shrink in ((cv2.IMREAD_REDUCED_COLOR_8, 8), (cv2.IMREAD_REDUCED_COLOR_4, 4), (cv2.IMREAD_REDUCED_COLOR_2, 2)):
        if min(height, width) // shrink >= least:
            break
    else:
        flag = cv2.IMREAD_COLOR
    picture = cv2.imdecode(data, flag)
    scale = min(1, least / min(picture.shape[:2]))
    if scale < 1:
        picture = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return picture


def size(data):
    """Height and width from the frame header of a JPEG."""
    at = 2
    while at < len(data) - 9:
        marker, length = data[at + 1], int(data[at + 2]) << 8 | int(data[at + 3])
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            return int(data[at + 5]) << 8 | int(data[at + 6]), int(data[at + 7]) << 8 | int(data[at + 8])
        at += 2 + length
    raise ValueError("no frame header")


def warp(picture, side, rng):
    height, width = picture.shape[:2]
    area = rng.uniform(0.45, 1) * width * height
    shape = np.exp(rng.uniform(np.log(3 / 4), np.log(4 / 3)))
    crop = np.array([min(width, np.sqrt(area * shape)), min(height, np.sqrt(area / shape))])
    middle = crop / 2 + rng.random(2) * (np.array([width, height]) - crop)
    angle, flip = np.deg2rad(rng.uniform(-15, 15)), -1 if rng.random() < 0.5 else 1
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    matrix = turn @ np.diag([flip * crop[0] / side, crop[1] / side])
    offset = middle - 0.5 - matrix @ np.array([side / 2 - 0.5, side / 2 - 0.5])
    return cv2.warpAffine(picture, np.hstack([matrix, offset[:, None]]), (side, side),
                          flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REFLECT_101)


def colour(picture, rng):
    light = np.exp(rng.uniform(-0.35, 0.35))
    gains = light * np.exp(rng.uniform(-0.08, 0.08, 3))
    contrast, gamma, saturation = np.exp(rng.uniform(-0.3, 0.3, 3))
    levels = np.arange(256)[:, None] / 255 * gains
    table = (255 * np.clip((levels - 0.5) * contrast + 0.5, 0, 1) ** gamma).round().astype(np.uint8)
    picture = cv2.LUT(picture, table.reshape(1, 256, 3))
    grey = cv2.cvtColor(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
    return cv2.addWeighted(picture, saturation, grey, 1 - saturation, 0)


def camera(picture, rng):
    side = picture.shape[0]
    if rng.random() < 0.2:
        small = max(1, int(side * rng.uniform(0.4, 0.9)))
        picture = cv2.resize(cv2.resize(picture, (small, small), interpolation=cv2.INTER_AREA), (side, side))
    if rng.random() < 0.2:
        picture = cv2.GaussianBlur(picture, (0, 0), max(0.05, rng.uniform(0, 1.5)))
    if rng.random() < 0.1:
        length, angle = int(round(rng.uniform(3, 9))), rng.uniform(0, np.pi)
        kernel = np.zeros((9, 9), np.float32)
        for step in np.arange(length) - (length - 1) / 2:
            kernel[4 + int(round(step * np.sin(angle))), 4 + int(round(step * np.cos(angle)))] += 1 / length
        picture = cv2.filter2D(picture, -1, kernel, borderType=cv2.BORDER_REPLICATE)
    if rng.random() < 0.3:
        noise = rng.standard_normal(picture.shape, dtype=np.float32) * (255 * rng.uniform(0, 0.04))
        picture = np.clip(picture + noise, 0, 255).astype(np.uint8)
    if rng.random() < 0.5:
        quality = int(rng.uniform(30, 95))
        picture = cv2.imdecode(cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], cv2.IMREAD_COLOR)
    return picture


def erase(picture, rng):
    side = picture.shape[0]
    if rng.random() >= 0.5:
        return picture
    for _ in range(100):
        area = rng.uniform(0.02, 0.4) * side * side
        shape = np.exp(rng.uniform(np.log(0.3), np.log(1 / 0.3)))
        width, height = int(round(np.sqrt(area / shape))), int(round(np.sqrt(area * shape)))
        if 0 < width < side and 0 < height < side:
            x, y = rng.integers(side - width + 1), rng.integers(side - height + 1)
            picture[y:y + height, x:x + width] = rng.integers(0, 256, (height, width, 3), np.uint8)
            return picture
    return picture


def peer(files, side, count):
    """Processor milliseconds a picture."""
    batch = np.empty((64, 3, side, side), np.uint8)
    start = time.process_time()
    for number in range(count):
        rng = np.random.default_rng(number)
        picture = decode(np.fromfile(files[number % len(files)], np.uint8), round(1.25 * side))
        picture = erase(camera(colour(warp(picture, side, rng), rng), rng), rng)
        batch[number % 64] = picture[:, :, ::-1].transpose(2, 0, 1)
    return 1000 * (time.process_time() - start) / count


def ours(command, folder, side, count):
    words = shlex.split(command) + ["--photos", folder, "--side", str(side), "--count", str(count)]
    for line in subprocess.run(words, check=True, capture_output=True, text=True).stdout.splitlines():
        if line.startswith("cpu_ms_per_image"):
            return float(line.split()[1])
    raise SystemExit(f"{command} printed no line cpu_ms_per_image")


def prepare(photos, folder, count):
    """So many photographs at 348 pixels along the shorter side."""
    found = sorted(f for e in ("jpg", "jpeg", "JPG") for f in glob.glob(os.path.join(photos, "**", "*." + e), recursive=True))
    if len(found) < 20:
        raise SystemExit(f"{photos}: 20 photographs are needed, {len(found)} are here")
    step = max(1, len(found) // count)
    for number, name in enumerate(found[::step][:count]):
        picture = cv2.imread(name)
        scale = 348 / min(picture.shape[:2])
        cv2.imwrite(f"{folder}/{number:04}.jpg", cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC),
                    [cv2.IMWRITE_JPEG_QUALITY, 85])
    return sorted(glob.glob(folder + "/*.jpg"))


def main():
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--photos", required=True)
    words.add_argument("--ours", required=True, help="the command that measures our side")
    words.add_argument("--side", type=int, default=112)
    words.add_argument("--count", type=int, default=1000)
    words.add_argument("--rounds", type=int, default=5)
    words.add_argument("--most", type=float, default=1.0)
    given = words.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        files = prepare(given.photos, folder, 200)
        peer(files, given.side, 50)
        pairs = []
        for number in range(given.rounds):
            pairs.append((ours(given.ours, folder, given.side, given.count), peer(files, given.side, given.count)))
            print(f"round {number + 1}: ours {pairs[-1][0]:.3f}, OpenCV and numpy {pairs[-1][1]:.3f} CPU ms a picture", flush=True)
    ratio = statistics.median(mine / theirs for mine, theirs in pairs)
    print(f"{len(files)} photographs of 348 pixels to {given.side}: median ratio {ratio:.2f} (OpenCV {cv2.__version__}, one thread)")
    sys.exit(1 if ratio > given.most else 0)


if __name__ == "__main__":
    main()
