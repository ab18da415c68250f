#!/usr/bin/env python3
"""Vector search beside its peers: hnswlib, faiss and usearch on the same files in the same run, one thread each.

`vitrine index bench` measures Vitrine; each peer builds and searches in a process of its own.  All count processor
seconds of one thread, best of three passes, one query a call; resident memory is what the process grew by.  Printed are
a row a setting, then for each index the first setting that reaches --target, with ratios to Vitrine's.

examples:
  ann.py --vectors base.npy --queries queries.npy --vitrine .build/release/vitrine
  ann.py --clustered 200000x128 --vitrine .build/release/vitrine --peers hnswlib,faiss-hnsw-sq8
  ann.py --clustered 200000x128 --filters 50,10,1,0.1 --peers hnswlib,faiss-hnsw-sq8,faiss-ivf-sq8,faiss-flat

With --filters each search goes through a filter that passes a share of the vectors: Vitrine with the effort it takes by
itself, faiss with a bitmap, hnswlib with a function, which its Python interface calls for each vector it looks at.
"""
import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import numpy as np

PEERS = ["hnswlib", "faiss-hnsw", "faiss-hnsw-sq8", "faiss-ivf-sq8", "usearch-f32", "usearch-i8"]
EFFORTS = [10, 12, 14, 16, 18, 20, 24, 28, 32, 40, 56, 80, 120, 180, 260, 400]
PROBES = [4, 8, 12, 16, 24, 32, 48, 64, 96]


def clustered(count, dimensions, query_count=2000, seed=7):
    """Unit vectors around count / 60 centres: a mixture of 24 latent directions with noise."""
    random = np.random.default_rng(seed)
    mixing = random.standard_normal((24, dimensions)) / np.sqrt(24)
    centres = random.standard_normal((max(50, count // 60), 24))

    def draw(rows):
        latent = centres[random.integers(0, len(centres), rows)] + 0.55 * random.standard_normal((rows, 24))
        out = latent @ mixing + 0.10 * random.standard_normal((rows, dimensions))
        return np.ascontiguousarray(out / np.linalg.norm(out, axis=1, keepdims=True), np.float32)

    return draw(count), draw(query_count)


def exact(base, queries, k):
    """Row numbers of the k largest inner products, in blocks that fit the memory."""
    best = []
    for start in range(0, len(queries), 50):
        scores = queries[start:start + 50] @ base.T
        part = np.argpartition(-scores, k, axis=1)[:, :k]
        order = np.argsort(-np.take_along_axis(scores, part, 1), axis=1)
        best.append(np.take_along_axis(part, order, 1))
    return np.vstack(best)


def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize() / 2**20


def peer_index(name, base):
    """Builds a peer with the usual parameters: M 16, 200 candidates.

    Returns its search, its effort, its file's bytes; a search takes a filter as that peer's filter_of makes it.
    """
    count, dimensions = base.shape
    if name == "hnswlib":
        import hnswlib
        index = hnswlib.Index(space="ip", dim=dimensions)
        index.init_index(count, ef_construction=200, M=16, random_seed=1)
        index.set_num_threads(1)
        index.add_items(base, num_threads=1)

        def search(q, k, through=None):
            return index.knn_query(q, k=k, num_threads=1, filter=through)[0][0]
        return search, index.set_ef, index.index_file_size()
    if name.startswith("usearch"):
        from usearch.index import Index
        index = Index(ndim=dimensions, metric="ip", dtype=name.split("-")[1], connectivity=16, expansion_add=200)
        index.add(np.arange(count, dtype=np.uint64), base, threads=1)

        def effort(value):
            index.expansion_search = value
        return lambda q, k: index.search(q[0], k, threads=1).keys, effort, index.serialized_length
    import faiss
    faiss.omp_set_num_threads(1)
    metric = faiss.METRIC_INNER_PRODUCT
    kinds = {"faiss-ivf-sq8": faiss.SearchParametersIVF, "faiss-flat": faiss.SearchParameters}
    kind = kinds.get(name, faiss.SearchParametersHNSW)
    at = {}
    if name == "faiss-flat":
        index = faiss.IndexFlatIP(dimensions)
        effort = lambda value: None
    elif name == "faiss-ivf-sq8":
        lists = int(4 * np.sqrt(count))
        index = faiss.index_factory(dimensions, f"IVF{lists},SQ8", metric)
        index.train(base[np.random.default_rng(1).permutation(count)[:40 * lists]])

        def effort(value):
            index.nprobe = at["nprobe"] = value
    else:
        if name == "faiss-hnsw":
            index = faiss.IndexHNSWFlat(dimensions, 16, metric)
        else:
            index = faiss.IndexHNSWSQ(dimensions, faiss.ScalarQuantizer.QT_8bit, 16, metric)
        index.hnsw.efConstruction = 200
        if not index.is_trained:
            index.train(base[:50_000])

        def effort(value):
            index.hnsw.efSearch = at["efSearch"] = value
    index.add(base)

    def search(q, k, through=None):
        return index.search(q, k, params=through and kind(sel=through, **at))[1][0]
    return search, effort, len(faiss.serialize_index(index))


def prices(count):
    """The same as `vitrine index bench --filters` gives its rows."""
    return (np.arange(count, dtype=np.uint64) * np.uint64(2654435761)) & np.uint64(0xFFFFFFFF)


def filter_of(name, mask):
    if name == "hnswlib":
        return mask.tobytes().__getitem__
    import faiss
    bits = np.packbits(mask, bitorder="little")
    selector = faiss.IDSelectorBitmap(len(mask), faiss.swig_ptr(bits))
    selector.bits = bits  # kept alive with it
    return selector


def run_filtered_peer(options):
    """The child with --filters: a row a share and effort, until the target is reached."""
    base = np.ascontiguousarray(np.load(options.vectors), np.float32)
    queries = np.ascontiguousarray(np.load(options.queries), np.float32)
    name, k = options.child, options.k
    search, set_effort, _ = peer_index(name, base)
    for share in shares(options):
        mask = prices(len(base)) <= np.uint64(share * 4294967295)
        rows = np.flatnonzero(mask)
        truth = rows[exact(base[rows], queries, min(k, len(rows)))]
        through = filter_of(name, mask)
        for effort in [0] if name == "faiss-flat" else PROBES if "ivf" in name else EFFORTS + [800, 1600, 3200]:
            set_effort(effort)
            best, found = float("inf"), []
            try:
                for _ in range(1 if name == "faiss-flat" else 2):
                    begun = time.process_time()
                    found = [search(queries[i:i + 1], k, through) for i in range(len(queries))]
                    best = min(best, time.process_time() - begun)
            except RuntimeError:  # hnswlib found fewer than k
                continue
            recall = np.mean([len(set(map(int, a)) & set(map(int, b))) / len(b) for a, b in zip(found, truth)])
            print(json.dumps({"index": name, "filter": share, "effort": effort, "recall": round(float(recall), 4),
                              "qps": round(len(queries) / best), "k": k}), flush=True)
            if recall >= options.target:
                break


def shares(options):
    return [float(share) / 100 for share in options.filters.split(",")]


def run_peer(options):
    """The child: builds, sweeps, prints a row an effort."""
    base = np.ascontiguousarray(np.load(options.vectors), np.float32)
    queries = np.ascontiguousarray(np.load(options.queries), np.float32)
    truth = np.load(options.truth)
    name, k = options.child, options.k
    before, started = resident(), time.process_time()
    search, set_effort, file_bytes = peer_index(name, base)
    built = time.process_time() - started
    for effort in PROBES if "ivf" in name else EFFORTS:
        set_effort(effort)
        best = float("inf")
        for _ in range(3):
            begun = time.process_time()
            found = [search(queries[i:i + 1], k) for i in range(len(queries))]
            best = min(best, time.process_time() - begun)
        memory = resident() - before
        recall = np.mean([len(set(map(int, a)) & set(map(int, b))) / k for a, b in zip(found, truth)])
        print(json.dumps({
            "index": name, "build_cpu_s": round(built, 2), "rss_mb": round(memory, 1),
            "file_mb": round(file_bytes / 2**20, 1), "effort": effort, "recall": round(float(recall), 4),
            "qps": round(len(queries) / best), "k": k}), flush=True)
        if recall >= 0.995:
            break


def rows_of(command):
    rows = []
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    for line in process.stdout:
        print(line, end="", flush=True)
        rows.append(json.loads(line))
    if process.wait():
        print(f"no figures from {' '.join(command[:4])}", file=sys.stderr)
    return rows


def summary(groups, target):
    first = {name: next((row for row in rows if row["recall"] >= target), None) for name, rows in groups.items()}
    ours = next((row for name, row in first.items() if name.startswith("vitrine") and row), None)
    print(f"\nfirst setting with recall >= {target}; ratios to vitrine hnsw in brackets")
    print(f"{'index':16} {'recall':>7} {'queries/s':>16} {'build CPU s':>16} {'RSS MiB':>15} {'file MiB':>15}")
    for name, row in first.items():
        if row is None:
            print(f"{name:16} never")
            continue
        cells = [f"{name:16} {row['recall']:7.4f}"]
        for key, width in (("qps", 16), ("build_cpu_s", 16), ("rss_mb", 15), ("file_mb", 15)):
            ratio = f" ({row[key] / ours[key]:.2f})" if ours and ours[key] else ""
            cells.append(f"{row[key]}{ratio}".rjust(width))
        print(" ".join(cells))


def filter_summary(groups, options):
    print(f"\nfirst setting with recall >= {options.target} through a filter; ratios to {next(iter(groups))} in brackets")
    print("index".ljust(16) + "".join(f"{100 * share:g} %".rjust(28) for share in shares(options)))
    first = {name: {share: next((row for row in rows if row["filter"] == share and (
        row["recall"] >= options.target or "vitrine" in name)), None) for share in shares(options)}
        for name, rows in groups.items()}
    ours = next(iter(first.values()))
    for name, found in first.items():
        cells = []
        for share, row in found.items():
            text = "never" if row is None else f"{row['recall']:.4f} {row['qps']}/s"
            if row and ours[share]:
                text += f" ({row['qps'] / ours[share]['qps']:.3f})"
            cells.append(text.rjust(28))
        print(name.ljust(16) + "".join(cells))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--vectors", help=".npy file of float32 unit vectors")
    parser.add_argument("--queries", help=".npy file of float32 unit vectors")
    parser.add_argument("--clustered", metavar="NxD", help="make clustered vectors instead of reading files")
    parser.add_argument("--vitrine", default=".build/release/vitrine", help="the program [%(default)s]")
    parser.add_argument("--kinds", default="hnsw,ivf", help="kinds of Vitrine's index [%(default)s]")
    parser.add_argument("--peers", default=",".join(PEERS), help="[%(default)s]")
    parser.add_argument("-k", type=int, default=10, help="neighbours [%(default)s]")
    parser.add_argument("--target", type=float, default=0.95, help="recall at which speeds are compared [%(default)s]")
    parser.add_argument("--filters", help="percentages of the vectors that pass filters, such as 50,10,1,0.1")
    parser.add_argument("--json", help="write all rows to this file")
    parser.add_argument("--truth", help=argparse.SUPPRESS)
    parser.add_argument("--child", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        return run_filtered_peer(options) if options.filters else run_peer(options)
    with tempfile.TemporaryDirectory() as folder:
        if options.clustered:
            base, queries = clustered(*map(int, options.clustered.split("x")))
            options.vectors, options.queries = f"{folder}/base.npy", f"{folder}/queries.npy"
            np.save(options.vectors, base)
            np.save(options.queries, queries)
        elif not (options.vectors and options.queries):
            parser.error("give --vectors and --queries, or --clustered")
        else:
            base, queries = (np.ascontiguousarray(np.load(f), np.float32) for f in (options.vectors, options.queries))
        if not options.filters:
            np.save(f"{folder}/truth.npy", exact(base, queries, options.k))
        more = ["--filters", options.filters] if options.filters else []
        files = ["--vectors", options.vectors, "--queries", options.queries, "-k", str(options.k)] + more
        groups = {}
        for kind in options.kinds.split(","):
            groups[f"vitrine {kind}"] = rows_of([options.vitrine, "index", "bench", "--kind", kind] + files)
        for peer in filter(None, options.peers.split(",")):
            child = [sys.executable, os.path.abspath(__file__), "--child", peer, "--truth", f"{folder}/truth.npy",
                     "--target", str(options.target)]
            groups[peer] = rows_of(child + files)
    filter_summary(groups, options) if options.filters else summary(groups, options.target)
    if options.json:
        with open(options.json, "w") as file:
            json.dump([row for rows in groups.values() for row in rows], file, indent=1)


if __name__ == "__main__":
    main()
