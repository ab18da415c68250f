#!/usr/bin/env python3
"""Vitrine's perceptual hashes and duplicate decision beside the same definitions written with OpenCV and NumPy.

  .venv-peers/bin/python Benchmarks/peers/dedup.py --images clothing.zip

On a folder (or zip) of distinct photographs:
  edits     share of edited copies within a distance, by Vitrine and by the reference on the same files; they differ by at
            most --apart (0.02) in every cell
  cascade   what the decision says of the copies: one check (a person is asked) and both (put aside)
  distinct  what `vitrine dedup` says of the photographs themselves: none may be put aside without being near-equal
  hamming   a million hashes and all pairs beside a plain C kernel (hamming_limit.c), in the same minute

Ends with status 1 when a bound is broken. pip packages: numpy >= 2, opencv-python-headless. A C compiler for `hamming`.
"""
import argparse
import glob
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
import zipfile

import cv2
import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
STEPS = {"ahash": (0, 2, 4, 6, 8, 10), "dhash": (0, 2, 4, 6, 8, 10), "phash": (0, 2, 4, 6, 8, 10),
         "dhash256": (4, 8, 12, 16, 24, 32)}
NEAR, FAR, SAME = 8, 24, 0.97


def photographs(place, limit):
    if zipfile.is_zipfile(place):
        with zipfile.ZipFile(place) as archive:
            for name in sorted(n for n in archive.namelist() if n.lower().endswith((".jpg", ".jpeg", ".png")))[:limit]:
                yield archive.read(name)
    else:
        names = sorted(f for f in glob.glob(os.path.join(place, "**", "*"), recursive=True)
                       if f.lower().endswith((".jpg", ".jpeg", ".png")))
        for name in names[:limit]:
            with open(name, "rb") as file:
                yield file.read()


# MARK: The reference


def grey(picture):
    return cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)


def area(picture, width, height):
    return cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)


def packed(bits):
    return np.packbits(bits.ravel()).view(">u8").astype(np.uint64)


def reference(picture):
    g = grey(picture)
    small, large, eight = area(g, 9, 8), area(g, 17, 16), area(g, 8, 8)
    low = cv2.dct(area(g, 32, 32).astype(np.float32))[:8, :8]
    return {"ahash": packed(eight > eight.mean()), "dhash": packed(small[:, 1:] > small[:, :-1]),
            "phash": packed(low > np.median(low.ravel()[1:])), "dhash256": packed(large[:, 1:] > large[:, :-1])}


def turned(picture):
    middle = (picture.shape[1] / 2, picture.shape[0] / 2)
    return cv2.warpAffine(picture, cv2.getRotationMatrix2D(middle, 3, 1.08), (picture.shape[1], picture.shape[0]))


def cropped(share):
    return lambda p: p[int(p.shape[0] * share):int(p.shape[0] * (1 - share)),
                       int(p.shape[1] * share):int(p.shape[1] * (1 - share))]


EDITS = {
    "JPEG quality 40": lambda p: cv2.imdecode(cv2.imencode(".jpg", p, [1, 40])[1], 1),
    "half size": lambda p: cv2.resize(p, None, fx=.5, fy=.5, interpolation=cv2.INTER_AREA),
    "brightness +30": lambda p: cv2.convertScaleAbs(p, alpha=1, beta=30),
    "contrast 1.3": lambda p: np.clip(p.astype(np.float32) * 1.3 - 20, 0, 255).round().astype(np.uint8),
    "blur 5x5": lambda p: cv2.GaussianBlur(p, (5, 5), 0),
    "watermark": lambda p: cv2.putText(p.copy(), "SHOP 12345", (10, p.shape[0] // 2), 0, p.shape[1] / 260, (255,) * 3, 3),
    "crop 5 % a side": cropped(.05),
    "crop 10 % a side": cropped(.10),
    "turned 3 degrees": turned,
    "mirrored": lambda p: p[:, ::-1].copy(),
    "quarter turn": lambda p: np.ascontiguousarray(np.rot90(p)),
}
# Copies of these kinds are to be found: SCAN-045.
WANTED = ("JPEG quality 40", "half size", "brightness +30", "contrast 1.3", "blur 5x5", "mirrored", "quarter turn")


# MARK: Vitrine


def words(text):
    return np.array([int(text[at:at + 16], 16) for at in range(0, len(text), 16)], np.uint64)


def hashed(program, folder):
    """What `vitrine hash` prints for all pictures of a folder, by file name."""
    done = subprocess.run([program, "hash", "--json", "--views", folder], capture_output=True, text=True, check=True)
    result = {}
    for line in done.stdout.splitlines():
        entry = json.loads(line)
        views = [(words(v["dhash"]), words(v["dhash256"]),
                  np.frombuffer(bytes.fromhex(v["signature"]), np.int8).astype(np.float64)) for v in entry["views"]]
        result[os.path.basename(entry["file"])] = {**{k: words(entry[k]) for k in STEPS}, "views": views}
    return result


def apart(one, other):
    return int(np.bitwise_count(one ^ other).sum())


def decision(views, known):
    """(one check or both, both) for the eight views of a copy against a known picture."""
    one = both = False
    for dhash, dhash256, signature in views:
        if apart(dhash, known[0]) > NEAR:
            continue
        lengths = np.linalg.norm(signature) * np.linalg.norm(known[2])
        checks = (apart(dhash256, known[1]) <= FAR) + bool(lengths and signature @ known[2] / lengths > SAME)
        one, both = one or checks >= 1, both or checks == 2
    return one, both


def part_edits(program, pictures, sample, bound):
    chosen = random.Random(2).sample(range(len(pictures)), min(sample, len(pictures)))
    good, rows, found = True, [], {}
    with tempfile.TemporaryDirectory() as folder:
        def ours(edit):
            for file in glob.glob(os.path.join(folder, "*")):
                os.remove(file)
            for i in chosen:
                cv2.imwrite(os.path.join(folder, f"{i}.png"), edit(pictures[i]))
            return hashed(program, folder)

        base = ours(lambda p: p)
        ground = {i: reference(pictures[i]) for i in chosen}
        for name, edit in EDITS.items():
            copies = ours(edit)
            theirs = {i: reference(edit(pictures[i])) for i in chosen}
            for kind, steps in STEPS.items():
                mine = np.array([apart(copies[f"{i}.png"][kind], base[f"{i}.png"][kind]) for i in chosen])
                them = np.array([apart(theirs[i][kind], ground[i][kind]) for i in chosen])
                pairs = [((mine <= k).mean(), (them <= k).mean()) for k in steps]
                good &= all(abs(a - b) <= bound + 1e-9 for a, b in pairs)
                rows.append((kind, name, pairs))
            votes = np.array([decision(copies[f"{i}.png"]["views"], base[f"{i}.png"]["views"][0]) for i in chosen])
            found[name] = votes.mean(0)
    print(f"\nshare of {len(chosen)} edited copies within a distance: Vitrine, (reference) where it differs by 0.01 or more")
    for kind, steps in STEPS.items():
        print(f"  {kind:18s}" + "".join(f"{k:>13d}" for k in steps))
        for _, name, pairs in (row for row in rows if row[0] == kind):
            print(f"    {name:16s}" + "".join(
                f"{a:6.2f}" + (f" ({b:.2f})" if abs(a - b) >= .0095 else "       ") for a, b in pairs))
    worst = max(abs(a - b) for _, _, pairs in rows for a, b in pairs)
    print(f"  largest difference {worst:.3f} (at most {bound})")
    print("\nthe decision: one check or both (a person is asked) / both (put aside)")
    for name, (one, both) in found.items():
        enough = one >= .95 or name not in WANTED
        good &= bool(enough)
        print(f"    {name:18s}{one:5.2f} / {both:4.2f}" + ("" if enough else "  TOO FEW"))
    return good


def part_distinct(program, raw):
    with tempfile.TemporaryDirectory() as folder:
        for number, data in enumerate(raw):
            with open(os.path.join(folder, f"{number:05d}.jpg"), "wb") as file:
                file.write(data)
        page = os.path.join(folder, "pairs.html")
        start = time.perf_counter()
        done = subprocess.run([program, "dedup", folder, "--page", page], capture_output=True, text=True, check=True)
        seconds = time.perf_counter() - start
    aliases = int(re.search(r"^(\d+) copies", done.stdout, re.M).group(1))
    asked = int(re.search(r"^(\d+) pairs for a person", done.stdout, re.M).group(1))
    print(f"\n{len(raw)} distinct photographs: {aliases} put aside, {asked} pairs for a person ({seconds:.1f} s)")
    return aliases


def part_hamming(program):
    with tempfile.TemporaryDirectory() as folder:
        limit = os.path.join(folder, "limit")
        subprocess.run(["cc", "-O3", os.path.join(HERE, "hamming_limit.c"), "-o", limit], check=True)
        ours, theirs = [], []
        for _ in range(3):
            plain = json.loads(subprocess.run([limit], capture_output=True, text=True, check=True).stdout)
            theirs.append((plain["scan_ms"], plain["pairs_per_second"] / 1e9))
            text = subprocess.run([program, "hash", "bench"], capture_output=True, text=True, check=True).stdout
            ours.append((float(re.search(r"in ([\d.]+) ms", text).group(1)),
                         float(re.search(r"All pairs: ([\d.]+)", text).group(1))))
    scan = min(o[0] for o in ours), min(t[0] for t in theirs)
    pairs = max(o[1] for o in ours), max(t[1] for t in theirs)
    print(f"\na million hashes: {scan[0]:.4f} ms, plain C {scan[1]:.4f} ms: {scan[0] / scan[1]:.2f} x")
    print(f"all pairs: {pairs[0]:.2f} G/s, plain C {pairs[1]:.2f} G/s: {pairs[0] / pairs[1]:.2f} x; "
          f"a million hashes in {500 / pairs[0]:.0f} s")
    return scan[0] <= scan[1] * 1.1


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--vitrine", default=".build/release/vitrine", help="the program [%(default)s]")
    parser.add_argument("--images", help="folder or zip of distinct photographs")
    parser.add_argument("--limit", type=int, default=6000, help="at most so many [%(default)s]")
    parser.add_argument("--sample", type=int, default=400, help="photographs that are edited [%(default)s]")
    parser.add_argument("--apart", type=float, default=.02, help="largest difference in the table of edits [%(default)s]")
    parser.add_argument("--only", nargs="+", choices=("edits", "distinct", "hamming"), help="parts [all]")
    options = parser.parse_args()
    parts = options.only or ["edits", "distinct", "hamming"]
    cv2.setNumThreads(1)
    good = True
    if options.images:
        raw = list(photographs(options.images, options.limit))
        pictures = [cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR) for data in raw]
        pictures = [picture for picture in pictures if picture is not None]
        if "edits" in parts:
            good &= part_edits(options.vitrine, pictures, options.sample, options.apart)
        if "distinct" in parts:
            good &= part_distinct(options.vitrine, raw) == 0
    if "hamming" in parts:
        good &= part_hamming(options.vitrine)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
