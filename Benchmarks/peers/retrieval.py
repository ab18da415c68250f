"""Recall and mean average precision of random vectors: Vitrine beside NumPy, one thread, in turns.

  .venv-peers/bin/python Benchmarks/peers/retrieval.py [COUNT] [ROUNDS]
"""
import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
import statistics
import subprocess
import sys
import time

import numpy as np


def numpy_round(count):
    random = np.random.default_rng(1)
    queries, gallery = random.uniform(-1, 1, (2, count, 128)).astype(np.float32)
    labels, others = random.integers(0, max(1, count // 10), (2, count))
    begin = time.process_time()
    queries /= np.linalg.norm(queries, axis=1, keepdims=True)
    gallery /= np.linalg.norm(gallery, axis=1, keepdims=True)
    precision = found = answered = 0.0
    ranks = np.arange(1, count + 1)
    for start in range(0, count, 512):
        order = np.argsort(-(queries[start:start + 512] @ gallery.T), axis=1)
        relevant = others[order] == labels[start:start + 512, None]
        relevant = relevant[relevant.any(1)]
        hits = np.cumsum(relevant, axis=1)
        precision += ((hits / ranks * relevant).sum(1) / relevant.sum(1)).sum()
        found += relevant[:, :10].any(1).sum()
        answered += len(relevant)
    return time.process_time() - begin, found / answered, precision / answered


def vitrine_round(count):
    program = subprocess.run(
        ["swift", "build", "-c", "release", "--package-path", "Examples", "--show-bin-path"],
        check=True, capture_output=True, text=True).stdout.strip() + "/retrieval-at-scale"
    lines = subprocess.run([program, str(count)], check=True, capture_output=True, text=True).stdout.splitlines()
    return float(lines[0].split()[-1]), lines


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    ours, peers = [], []
    for _ in range(rounds):
        seconds, lines = vitrine_round(count)
        ours.append(seconds)
        peers.append(numpy_round(count)[0])
    print("\n".join(lines[1:]))
    print(f"{count} x {count}: Vitrine {statistics.median(ours):.2f} s, NumPy {statistics.median(peers):.2f} s, "
          f"ratio {statistics.median(a / b for a, b in zip(ours, peers)):.2f}")


if __name__ == "__main__":
    main()
