#!/usr/bin/env python3
"""Stitch the same photos with Vitrine, OpenCV and (where its tools are installed) Hugin, and print what each makes of them.

  --scenes DIR    a folder of folders of photos: photos used, processor seconds, peak memory, and a contact sheet a scene
  --spheres FILE  2:1 spheres: rings of 12 views are rendered (60 degrees each, gains e^+-0.3, fall-off 25 %, noise 2)
                  and the panoramas compared with the sphere: PSNR and SSIM of the luma after one gain a channel, inside
                  what the panorama covers, after the best rotation, scale and horizon
  --caps MIB ...  Vitrine again with each cap of memory: peak resident memory against the cap
  --choices       Vitrine again with pixels chosen by vertex cover instead of least cuts

Processor seconds are user and system time of one process: for Vitrine the whole run, for OpenCV from decoding to the
encoded result without the start of Python. All programs of a scene run in turn in the same minute.

Needs: numpy, opencv-python-headless; for Hugin: hugin-tools and enblend.

Example:
    panorama.py --vitrine .build/release/vitrine --scenes scenes/ --spheres louvre.jpg --out sheets/
"""
import argparse
import json
import math
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time

import cv2
import numpy as np


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--vitrine", default=".build/release/vitrine", help="the program (default: %(default)s)")
    parser.add_argument("--scenes", help="folder of folders of photos")
    parser.add_argument("--only", nargs="*", help="names of scenes; all without it")
    parser.add_argument("--spheres", nargs="*", default=[], help="full spheres, 2:1")
    parser.add_argument("--caps", nargs="*", type=int, default=[], help="caps of memory in MiB")
    parser.add_argument("--choices", action="store_true", help="compare vertex cover with least cuts")
    parser.add_argument("--no-hugin", action="store_true", help="leave Hugin out")
    parser.add_argument("--out", help="folder for the panoramas and contact sheets")
    parser.add_argument("--opencv-child", nargs="+", help=argparse.SUPPRESS)
    return parser.parse_args()


class Peak(threading.Thread):
    """Peak memory of a process in MiB, looked up 100 times a second.

    What wait4 says begins with the size of this program, out of which the process was started.
    """

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.status, self.mebibytes, self.over = f"/proc/{pid}/status", 0.0, threading.Event()
        self.start()

    def run(self):
        while not self.over.wait(0.01):
            try:
                with open(self.status, encoding="utf-8") as file:
                    for line in file:
                        if line.startswith("VmHWM:"):
                            self.mebibytes = max(self.mebibytes, int(line.split()[1]) / 1024)
            except OSError:
                return

    def end(self):
        self.over.set()
        self.join()
        return self.mebibytes


def measured(command, quiet=True):
    """Runs a program: exit code, processor seconds, peak MiB."""
    sink = subprocess.DEVNULL if quiet else None
    process = subprocess.Popen(command, stdout=sink, stderr=sink)
    peak = Peak(process.pid)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, usage.ru_utime + usage.ru_stime, peak.end()


def vitrine(program, photos, folder, *options):
    os.makedirs(folder, exist_ok=True)
    verdict = os.path.join(folder, "verdict.json")
    code, cpu, peak = measured([program, "stitch", *photos, "-o", folder, "--verdict", verdict, *options])
    if code not in (0, 3):
        return {"used": 0, "cpu": cpu, "peak": peak, "picture": None}
    with open(verdict, encoding="utf-8") as file:
        found = json.load(file)
    first = found["groups"][0]
    return {"used": sum(photo.get("group") is not None for photo in found["photos"]), "cpu": cpu, "peak": peak,
            "picture": os.path.join(folder, first["file"]), "surface": first["surface"], "verdict": found}


def opencv_child(out, photos):
    """In a process of its own: decode, stitch, encode; one JSON line."""
    began = time.process_time()
    cv2.setRNGSeed(0)
    images = [cv2.imread(photo) for photo in photos]
    stitcher = cv2.Stitcher.create(cv2.Stitcher_PANORAMA)
    try:
        status, picture = stitcher.stitch(images)
    except cv2.error:
        status, picture = -99, None
    if status == 0:
        cv2.imwrite(out, picture, [cv2.IMWRITE_JPEG_QUALITY, 92])
    used = len(stitcher.component()) if status == 0 else 0
    print(json.dumps({"used": used, "cpu": time.process_time() - began}))


def opencv(photos, folder):
    os.makedirs(folder, exist_ok=True)
    picture = os.path.join(folder, "panorama.jpg")
    process = subprocess.Popen([sys.executable, __file__, "--opencv-child", picture, *photos],
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    peak = Peak(process.pid)
    line = process.stdout.read()
    _, _, usage = os.wait4(process.pid, 0)
    process.returncode = 0
    found = json.loads(line) if line.strip() else {"used": 0, "cpu": usage.ru_utime + usage.ru_stime}
    shown = picture if os.path.exists(picture) else None
    return {**found, "peak": peak.end(), "picture": shown, "surface": "sphere"}


def hugin(photos, folder, fov=None):
    """Hugin's usual automatic chain on a sphere; None where its tools are missing."""
    tools = ("pto_gen", "cpfind", "cpclean", "autooptimiser", "pano_modify", "nona", "enblend")
    if not all(shutil.which(tool) for tool in tools):
        return None
    os.makedirs(folder, exist_ok=True)
    project, picture = os.path.join(folder, "a.pto"), os.path.join(folder, "panorama.tif")
    steps = [
        ["pto_gen", *([f"--fov={fov}"] if fov else []), "-o", project, *photos],
        ["cpfind", "--multirow", "-o", project, project],
        ["cpclean", "-o", project, project],
        ["autooptimiser", "-a", "-m", "-l", "-s", "-o", project, project],
        ["pano_modify", "--canvas=AUTO", "--crop=AUTO", "--projection=2", "-o", project, project],
        ["nona", "-m", "TIFF_m", "-o", os.path.join(folder, "layer"), project],
    ]
    cpu, peak = 0.0, 0.0
    for step in steps:
        code, seconds, memory = measured(step)
        cpu, peak = cpu + seconds, max(peak, memory)
        if code:
            return {"used": 0, "cpu": cpu, "peak": peak, "picture": None, "surface": "sphere"}
    layers = sorted(os.path.join(folder, name) for name in os.listdir(folder) if name.startswith("layer"))
    code, seconds, memory = measured(["enblend", "-o", picture, *layers])
    return {"used": len(layers), "cpu": cpu + seconds, "peak": max(peak, memory),
            "picture": picture if code == 0 else None, "surface": "sphere"}


def contact_sheet(path, made, width=1600):
    """All programs' pictures below each other, each with its name and figures."""
    rows = []
    for name, one in made.items():
        label = np.full((34, width, 3), 255, np.uint8)
        text = f"{name}: {one['used']} photos, {one['cpu']:.2f} CPU s, {one['peak']:.0f} MiB"
        cv2.putText(label, text, (8, 24), cv2.FONT_HERSHEY_SIMPLEX, 0.7, (0, 0, 0), 1, cv2.LINE_AA)
        rows.append(label)
        picture = cv2.imread(one["picture"]) if one["picture"] else None
        if picture is None:
            rows.append(np.full((80, width, 3), 200, np.uint8))
            continue
        scale = min(width / picture.shape[1], 900 / picture.shape[0])
        small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        row = np.full((small.shape[0], width, 3), 255, np.uint8)
        row[:, :small.shape[1]] = small[:, :width]
        rows.append(row)
    cv2.imwrite(path, np.concatenate(rows))


def rotation(yaw, pitch, roll):
    cy, sy, cp, sp, cr, sr = (f(a) for a in (yaw, pitch, roll) for f in (math.cos, math.sin))
    return (np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]]) @ np.array([[1, 0, 0], [0, cp, -sp], [0, sp, cp]])
            @ np.array([[cr, -sr, 0], [sr, cr, 0], [0, 0, 1]]))


def looked_up(world, rays):
    """Colours of a sphere in the directions of rays."""
    rows, columns = world.shape[:2]
    wide = np.concatenate([world[:, -8:], world, world[:, :8]], 1)
    x = (np.arctan2(rays[..., 0], rays[..., 2]) / (2 * np.pi) + 0.5) * columns - 0.5
    y = (np.arctan2(rays[..., 1], np.hypot(rays[..., 0], rays[..., 2])) / np.pi + 0.5) * rows - 0.5
    return cv2.remap(wide, (x % columns + 8).astype(np.float32), y.astype(np.float32), cv2.INTER_CUBIC,
                     borderMode=cv2.BORDER_REPLICATE).astype(np.float32)


def render_ring(world, folder, seed=2, width=800, height=600):
    """Twelve views with jitter, gains, fall-off and noise."""
    os.makedirs(folder, exist_ok=True)
    rng = np.random.default_rng(seed)
    focal = width / 2 / math.tan(math.radians(30))
    u, v = np.meshgrid(np.arange(width) - (width - 1) / 2, np.arange(height) - (height - 1) / 2)
    square = (u * u + v * v) / ((width / 2) ** 2 + (height / 2) ** 2)
    photos = []
    for index in range(12):
        turn = rotation(math.radians(index * 30 + rng.normal(0, 1.5)), math.radians(rng.normal(0, 3)),
                        math.radians(rng.normal(0, 1.5)))
        view = looked_up(world, np.stack([u, v, np.full_like(u, focal)], -1) @ turn.T)
        view = view * math.exp(rng.uniform(-0.3, 0.3)) * (1 - 0.25 * square)[..., None]
        view += rng.normal(0, 2, view.shape)
        photos.append(os.path.join(folder, f"v{index:02d}.jpg"))
        cv2.imwrite(photos[-1], np.clip(view, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, 92])
    return photos


def rays_of(places, scale, horizon, surface):
    """Directions of pixels of a panorama, by its surface, pixels a radian, and the row of its horizon."""
    yaw, down = places[..., 0] / scale, (places[..., 1] - horizon) / scale
    level = np.cos(down) if surface == "sphere" else 1 / np.sqrt(1 + down * down)
    lift = np.sin(down) if surface == "sphere" else down / np.sqrt(1 + down * down)
    return np.stack([np.sin(yaw) * level, lift, np.cos(yaw) * level], -1)


def turn_between(a, b, weights):
    """The rotation that brings rays a nearest to rays b (Kabsch)."""
    u, _, vt = np.linalg.svd((a * weights[:, None]).T @ b)
    flip = np.diag([1, 1, np.sign(np.linalg.det(u @ vt))])
    return (u @ flip @ vt).T


def registered(picture, world, surface):
    """Scale, horizon and rotation of a panorama against the sphere, from points found in both."""
    sift = cv2.SIFT_create(6000)
    shrink = min(1, world.shape[1] / picture.shape[1])
    small = cv2.resize(picture, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    (ka, da), (kb, db) = (sift.detectAndCompute(cv2.cvtColor(p, cv2.COLOR_BGR2GRAY), None)
                          for p in (small, world.astype(np.uint8)))
    pairs = [m for m, n in cv2.BFMatcher().knnMatch(da, db, k=2) if m.distance < 0.75 * n.distance]
    if len(pairs) < 30:
        return None
    places = (np.array([ka[m.queryIdx].pt for m in pairs]) + 0.5) / shrink - 0.5
    there = np.array([kb[m.trainIdx].pt for m in pairs])
    yaw = ((there[:, 0] + 0.5) / world.shape[1] - 0.5) * 2 * np.pi
    pitch = ((there[:, 1] + 0.5) / world.shape[0] - 0.5) * np.pi
    target = np.stack([np.sin(yaw) * np.cos(pitch), np.sin(pitch), np.cos(yaw) * np.cos(pitch)], -1)
    rng = np.random.default_rng(0)

    def fit(scale, horizon, rounds=8):
        rays = rays_of(places, scale, horizon, surface)
        best = (-1, None)
        for _ in range(200):
            pick = rng.choice(len(rays), 2, replace=False)
            turn = turn_between(rays[pick], target[pick], np.ones(2))
            count = int((np.linalg.norm(rays @ turn.T - target, axis=1) < 0.02).sum())
            if count > best[0]:
                best = (count, turn)
        turn = best[1]
        for _ in range(rounds):
            error = np.linalg.norm(rays @ turn.T - target, axis=1)
            turn = turn_between(rays, target, 1 / (1 + (error / 0.004) ** 2))
        error = np.linalg.norm(rays @ turn.T - target, axis=1)
        return float(np.minimum(error, 0.02).mean()), turn

    step = np.array([0.06, 0.25]) * [picture.shape[1] / (2 * np.pi), picture.shape[0]]
    at = np.array([picture.shape[1] / (2 * np.pi), picture.shape[0] / 2])
    cost, turn = fit(*at)
    while step[0] > at[0] * 2e-4:
        better = False
        for move in ([1, 0], [-1, 0], [0, 1], [0, -1]):
            tried = at + step * move
            now, found = fit(*tried)
            if now < cost:
                (cost, turn, at, better) = (now, found, tried, True)
        if not better:
            step = step / 2
    return at[0], at[1], turn


def similarity(a, b):
    """Mean SSIM of two lumas (Wang et al. 2004)."""
    def blur(image):
        return cv2.GaussianBlur(image, (11, 11), 1.5)
    ma, mb = blur(a), blur(b)
    va, vb, cov = blur(a * a) - ma * ma, blur(b * b) - mb * mb, blur(a * b) - ma * mb
    return ((2 * ma * mb + 6.5025) * (2 * cov + 58.5225)) / ((ma * ma + mb * mb + 6.5025) * (va + vb + 58.5225))


def against_truth(one, world):
    """PSNR and SSIM of a panorama's luma, and the share of a whole turn that it shows."""
    picture = cv2.imread(one["picture"]) if one["picture"] else None
    if picture is None:
        return None
    found = registered(picture, world, one["surface"])
    if found is None:
        return None
    scale, horizon, turn = found
    height, width = picture.shape[:2]
    places = np.stack(np.meshgrid(np.arange(width), np.arange(height)), -1).astype(np.float64)
    truth = looked_up(world, rays_of(places, scale, horizon, one["surface"]) @ turn.T)
    shown = picture.astype(np.float32)
    covered = cv2.erode((shown.sum(-1) > 0).astype(np.uint8), np.ones((9, 9))) > 0
    # Clipped truth says nothing about a gain.
    fits = covered & (truth.max(-1) < 250)
    for channel in range(3):
        a, b = shown[..., channel][fits], truth[..., channel][fits]
        shown[..., channel] *= float((a * b).sum() / (a * a).sum())
    luma = np.array([0.114, 0.587, 0.299], np.float32)
    a, b = np.clip(shown, 0, 255) @ luma, np.clip(truth, 0, 255) @ luma
    error = float(((a - b)[covered] ** 2).mean())
    return {"psnr": 10 * math.log10(255 ** 2 / error), "ssim": float(similarity(a, b)[covered].mean()),
            "turn": width / scale / (2 * np.pi)}


def photos_of(folder):
    names = sorted(name for name in os.listdir(folder) if name.lower().endswith((".jpg", ".jpeg", ".png", ".webp")))
    return [os.path.join(folder, name) for name in names]


def run(args, name, photos, out, fov=None):
    made = {"Vitrine": vitrine(args.vitrine, photos, os.path.join(out, name, "vitrine")),
            "OpenCV": opencv(photos, os.path.join(out, name, "opencv"))}
    third = None if args.no_hugin else hugin(photos, os.path.join(out, name, "hugin"), fov)
    if third:
        made["Hugin"] = third
    contact_sheet(os.path.join(out, f"{name}.png"), made)
    return made


def say_scenes(args, out):
    print(f"{'scene':12s} photos | " + " | ".join(f"{p:7s} used  CPU s   MiB" for p in ("Vitrine", "OpenCV")) + " | ratio")
    totals = [0.0, 0.0]
    for name in sorted(os.listdir(args.scenes)):
        photos = photos_of(os.path.join(args.scenes, name)) if os.path.isdir(os.path.join(args.scenes, name)) else []
        if len(photos) < 2 or (args.only and name not in args.only):
            continue
        made = run(args, name, photos, out)
        cells = [f"{'':7s} {one['used']:4d} {one['cpu']:6.2f} {one['peak']:5.0f}" for one in made.values()]
        totals = [totals[0] + made["Vitrine"]["cpu"], totals[1] + made["OpenCV"]["cpu"]]
        ratio = made["Vitrine"]["cpu"] / max(made["OpenCV"]["cpu"], 1e-9)
        print(f"{name:12s} {len(photos):6d} | " + " | ".join(cells) + f" | {ratio:5.2f}", flush=True)
        for cap in args.caps:
            one = vitrine(args.vitrine, photos, os.path.join(out, name, f"cap{cap}"), "--memory", str(cap))
            size = one["verdict"]["groups"][0]["size"] if one["picture"] else [0, 0]
            state = "kept" if one["peak"] <= cap else "BROKEN"
            print(f"{'':12s}   cap {cap} MiB: peak {one['peak']:.0f} MiB, {state}; {size[0]}x{size[1]}, "
                  f"{one['used']} used", flush=True)
        if args.choices:
            for choice in ("cut", "cover"):
                one = vitrine(args.vitrine, photos, os.path.join(out, name, choice), "--selection", choice)
                first = one["verdict"]["groups"][0]
                print(f"{'':12s}   {choice}: {one['verdict']['seconds']['select']:.2f} s to choose, step of tone "
                      f"{first['tone']['stepMedian']:.3f}, holes {first['holes']}", flush=True)
    print(f"{'all':12s}        | Vitrine {totals[0]:.1f} CPU s, OpenCV {totals[1]:.1f}, "
          f"ratio {totals[0] / max(totals[1], 1e-9):.2f}")


def say_spheres(args, out):
    for path in args.spheres:
        name = "ring-" + os.path.splitext(os.path.basename(path))[0]
        world = cv2.imread(path)
        if world is None or world.shape[1] != 2 * world.shape[0]:
            sys.exit(f"panorama.py: {path} is no 2:1 picture")
        made = run(args, name, render_ring(world, os.path.join(out, name, "views")), out, fov=60)
        for program, one in made.items():
            found = against_truth(one, world)
            figures = (f"PSNR {found['psnr']:.2f} dB, SSIM {found['ssim']:.4f}, {found['turn']:.2f} of a turn"
                       if found else "cannot be compared")
            print(f"{name}: {program}: {one['used']}/12 used, {one['cpu']:.2f} CPU s, {figures}", flush=True)


def main():
    args = parse_arguments()
    if args.opencv_child:
        opencv_child(args.opencv_child[0], args.opencv_child[1:])
        return
    if not args.scenes and not args.spheres:
        sys.exit("panorama.py: give --scenes or --spheres")
    with tempfile.TemporaryDirectory() as scratch:
        out = args.out or scratch
        os.makedirs(out, exist_ok=True)
        if args.scenes:
            say_scenes(args, out)
        if args.spheres:
            say_spheres(args, out)


if __name__ == "__main__":
    main()
