#!/usr/bin/env python3
"""Let other programs show panoramas that Vitrine made, and say how far off they show things.

Of each 2:1 sphere heaps of views are rendered with known cameras: all directions, rings, and parts of a turn.
Vitrine stitches them, and then

  exiftool   reads the metadata (GPano XMP) of JPEG, PNG, WebP and PNG of 16 bits; each field is held against the verdict
             and against the angles of the picture
  Pannellum  a viewer for web pages, opens the JPEG in headless Chromium by its metadata alone and is turned to at
             least 20 directions; squares of what is on the screen are looked for in what the sphere shows in that
             direction, and how far beside they lie is told in degrees
  nona       of Hugin draws every few photos again out of the panorama, by the angles in its metadata: PSNR of the
             luma against the views that were stitched
  OpenCV, netpbm, exiftool
             read the PNG of 16 bits and the Radiance file: the same picture as in 8 bits, and the same light

Ends with 1 when a field is wrong, a direction is more than 1 degree off, or a file reads differently.

Needs: numpy, opencv-python-headless, aiohttp and streamlit_pannellum (which brings Pannellum 2.5.6), exiftool
(libimage-exiftool-perl), hugin-tools, netpbm, chromium-headless-shell.

Example:
    panorama_viewers.py --vitrine .build/release/vitrine --spheres palace.jpg hill.jpg --out looks/
"""
import argparse
import asyncio
import glob
import json
import math
import os
import shutil
import subprocess
import sys
import tempfile

import cv2
import numpy as np

from panorama import looked_up, rotation
from viewer_pages import ACROSS, SIDE, looks

FORMATS = ("jpg", "png", "webp", "png16", "hdr")


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--vitrine", default=".build/release/vitrine", help="the program (default: %(default)s)")
    parser.add_argument("--spheres", nargs="+", required=True, help="full spheres, 2:1")
    parser.add_argument("--heaps", nargs="*", choices=list(HEAPS), default=list(HEAPS), help="which heaps; all without it")
    parser.add_argument("--chromium", default="chromium-headless-shell", help="the browser (default: %(default)s)")
    parser.add_argument("--out", help="folder for the panoramas and screenshots")
    return parser.parse_args()


def all_round():
    """Directions in degrees that see everything: yaw and pitch, up is positive."""
    rows = [(0, 10), (-38, 9), (38, 9), (-70, 5), (70, 5)]
    return [(360 * at / count + 7 * row, pitch) for row, (pitch, count) in enumerate(rows) for at in range(count)]


# Directions of the views, their width and height in pixels, the angle across, and the surface.
HEAPS = {
    "sphere": (all_round(), (720, 720), 72, "sphere"),
    "ring": ([(30 * at, 2 * math.sin(at)) for at in range(12)], (800, 600), 60, "auto"),
    "high-ring": ([(30 * at, 0) for at in range(12)], (600, 800), 50, "sphere"),
    "part": ([(20 * at - 50, 1.5 * math.cos(2 * at)) for at in range(6)], (800, 600), 50, "sphere"),
    "slanted": ([(20 * at - 50, 18 + math.sin(at)) for at in range(6)], (800, 600), 50, "sphere"),
}


def render(world, heap, folder):
    """Views of a sphere as photos without loss; their names, cameras (camera to world) and focal length."""
    os.makedirs(folder, exist_ok=True)
    directions, (width, height), across, _ = heap
    focal = width / 2 / math.tan(math.radians(across / 2))
    rays = pinhole(width, height, focal)
    names, turns = [], []
    for index, (yaw, pitch) in enumerate(directions):
        turn = rotation(math.radians(yaw), math.radians(pitch), math.radians(0.8 * math.sin(3 * index)))
        names.append(os.path.join(folder, f"v{index:02d}.png"))
        cv2.imwrite(names[-1], np.clip(np.round(looked_up(world, rays @ turn.T)), 0, 255).astype(np.uint8))
        turns.append(turn)
    return names, turns, focal


def pinhole(width, height, focal):
    u, v = np.meshgrid(np.arange(width) - (width - 1) / 2, np.arange(height) - (height - 1) / 2)
    return np.stack([u, v, np.full_like(u, focal)], -1)


def nearest_turn(turns):
    """The rotation that is nearest to all of some."""
    u, _, vt = np.linalg.svd(sum(turns))
    return u @ np.diag([1, 1, np.linalg.det(u @ vt)]) @ vt


def stitched(args, names, heap, folder):
    """The panorama in all formats; verdict and cameras."""
    for form in FORMATS:
        made = os.path.join(folder, form)
        os.makedirs(made, exist_ok=True)
        command = [args.vitrine, "stitch", *names, "-o", made, "--surface", heap[3], "--format", form,
                   "--memory", "4096", "--verdict", os.path.join(made, "verdict.json")] + (["--layers"] if form == "jpg" else [])
        subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with open(os.path.join(folder, "jpg", "verdict.json"), encoding="utf-8") as file:
        verdict = json.load(file)
    with open(glob.glob(os.path.join(folder, "jpg", "**", "cameras.json"), recursive=True)[0], encoding="utf-8") as file:
        cameras = json.load(file)
    return verdict, cameras


def file_of(folder, form):
    return os.path.join(folder, form, f"panorama-1.{'png' if form == 'png16' else form}")


# MARK: Metadata


def gpano(path):
    """What exiftool reads: the fields of GPano, and what it finds wrong with the file."""
    found = json.loads(subprocess.run(["exiftool", "-j", "-n", "-G1", "-validate", "-warning", "-a", "-XMP-GPano:all",
                                       "-File:ImageWidth", "-PNG:ImageWidth", "-RIFF:ImageWidth", path],
                                      check=True, capture_output=True).stdout)[0]
    fields = {name.split(":")[1]: value for name, value in found.items() if name.startswith("XMP-GPano:")}
    return fields, [str(value) for name, value in found.items() if name.endswith(":Warning")]


def edges_down(frame):
    """Angles of the upper and the lower edge of a panorama in radians, down is positive."""
    low, high = (frame["top"] + (row - 0.5) / frame["scale"] for row in (0, frame["height"]))
    return (math.atan(low), math.atan(high)) if frame["surface"] == "cylinder" else (low, high)


def wrong_fields(fields, frame, size):
    """Names of fields that contradict the picture; sizes may be off by the rounding of a pixel."""
    wrong = []

    def hold(name, wanted, slack=0.0):
        value = fields.get(name)
        good = value == wanted if isinstance(wanted, str) else value is not None and abs(value - wanted) <= slack
        if not good:
            wrong.append(f"{name} {value} instead of {wanted}")

    hold("ProjectionType", {"sphere": "equirectangular", "cylinder": "cylindrical"}[frame["surface"]])
    if fields.get("UsePanoramaViewer") not in (True, "True", "true", 1):
        wrong.append("UsePanoramaViewer")
    hold("CroppedAreaImageWidthPixels", size[0])
    hold("CroppedAreaImageHeightPixels", size[1])
    whole = 2 * math.pi * frame["scale"]
    hold("FullPanoWidthPixels", size[0] if frame["closed"] else whole, 1)
    top, bottom = edges_down(frame)
    tall = size[1] * math.pi / (bottom - top)
    hold("FullPanoHeightPixels", tall, 1)
    hold("CroppedAreaTopPixels", (top + math.pi / 2) / math.pi * tall, 1)
    left = 0 if frame["closed"] else (frame["left"] + math.pi) * frame["scale"] - 0.5
    hold("CroppedAreaLeftPixels", left, 1)
    return wrong


def say_metadata(folder, frame, size):
    bad = 0
    for form in FORMATS[:4]:
        fields, warnings = gpano(file_of(folder, form))
        wrong = wrong_fields(fields, frame, size) + warnings
        bad += len(wrong)
        print(f"  exiftool, {form:5s}: {len(fields)} fields, " + ("all right" if not wrong else "WRONG: " + "; ".join(wrong)))
    return bad


# MARK: A viewer


def peak(three):
    """Where a parabola through three values is highest, from the middle one; 0 at the border."""
    if len(three) < 3 or 2 * three[1] - three[0] - three[2] <= 0:
        return 0.0
    return float(three[2] - three[0]) / 2 / float(2 * three[1] - three[0] - three[2])


def displacements(seen, wanted, square=41, reach=24):
    """How far squares of a picture lie beside their places in another, in pixels; only those that are found surely."""
    a, b = (cv2.cvtColor(p, cv2.COLOR_BGR2GRAY) for p in (seen, wanted))
    out = []
    margin = square // 2 + reach
    for y in range(margin, a.shape[0] - margin, 48):
        for x in range(margin, a.shape[1] - margin, 48):
            patch = a[y - square // 2:y + square // 2 + 1, x - square // 2:x + square // 2 + 1]
            # Squares that are flat, or hold a line in one direction alone, have no place.
            slopes = cv2.cornerEigenValsAndVecs(patch, square | 1, 3)[square // 2, square // 2, :2]
            if patch.std() < 6 or min(slopes) < 0.1 * max(slopes):
                continue
            room = b[y - margin:y + margin + 1, x - margin:x + margin + 1]
            score = cv2.matchTemplate(room, patch, cv2.TM_CCOEFF_NORMED)
            _, best, _, (px, py) = cv2.minMaxLoc(score)
            if best > 0.8:
                out.append((px - reach + peak(score[py, px - 1:px + 2]), py - reach + peak(score[py - 1:py + 2, px])))
    return np.array(out, float).reshape(-1, 2)


def grid_of(frame):
    """Directions in degrees to turn to, within what a panorama shows."""
    top, bottom = (math.degrees(angle) for angle in edges_down(frame))
    across = math.degrees(frame["width"] / frame["scale"])
    yaws = ([45 * at - 180 for at in range(8)] if frame["closed"]
            else np.linspace(-across / 2 + ACROSS / 2, across / 2 - ACROSS / 2, 8))
    low, high = max(-85, -bottom), min(85, -top)
    return [(float(yaw), float(pitch)) for pitch in np.linspace(low, high, 5 if high - low > 100 else 3) for yaw in yaws]


def say_viewer(args, folder, frame, size, world, world_turn):
    shots = os.path.join(folder, "looks")
    os.makedirs(shots, exist_ok=True)
    config, found = asyncio.run(looks(args.chromium, folder, file_of(folder, "jpg"), grid_of(frame), shots))
    # Pannellum counts yaw from the middle of the picture, whatever part of the turn that is.
    middle = frame["left"] + (size[0] - 1) / 2 / frame["scale"]
    errors, counted, all_errors = [], 0, []
    for index, ((yaw, pitch, across), image) in enumerate(found):
        focal = SIDE / 2 / math.tan(math.radians(across / 2))
        rays = pinhole(SIDE, SIDE, focal)
        turn = rotation(middle + math.radians(yaw), math.radians(pitch), 0)
        wanted = np.clip(looked_up(world, rays @ (world_turn @ turn).T), 0, 255).astype(np.uint8)
        moved = displacements(image, wanted)
        if index < 3 or index == len(found) // 2:
            cv2.imwrite(os.path.join(shots, f"look-{index:02d}-truth.png"), wanted)
        if len(moved) < 4:
            continue
        angles = np.degrees(np.arctan(np.linalg.norm(moved, axis=1) / focal))
        counted += 1
        all_errors.extend(angles)
        errors.append(float(np.median(angles)))
    if not errors:
        print("  Pannellum: NOTHING COULD BE COMPARED")
        return 1
    worst, p95 = max(errors), float(np.percentile(all_errors, 95))
    print(f"  Pannellum (haov {config['haov']:.1f}, vaov {config['vaov']:.1f}, vOffset {config['vOffset']:.1f}): "
          f"{len(found)} directions, {counted} with enough to compare, {len(all_errors)} squares: "
          f"median {np.median(all_errors):.2f}, 95 % {p95:.2f}, worst direction {worst:.2f} degrees"
          + ("" if worst <= 1 and counted >= 20 else "  WRONG"))
    return 0 if worst <= 1 and counted >= 20 else 1


# MARK: Hugin


def angles_of(turn):
    """Yaw, pitch and roll in degrees, as Hugin has them, of a rotation from the world to a camera."""
    ahead = turn[2]
    yaw, pitch = math.atan2(ahead[0], ahead[2]), -math.asin(max(-1, min(1, ahead[1])))
    level = np.array([math.cos(yaw), 0, -math.sin(yaw)])
    roll = math.atan2(turn[0] @ np.cross(ahead, level), turn[0] @ level)
    return [math.degrees(angle) for angle in (yaw, pitch, roll)]


def luma(image):
    return image.astype(np.float32) @ np.array([0.114, 0.587, 0.299], np.float32)


def say_nona(folder, frame, size, fields, cameras, names, focal):
    """Photos drawn again out of the panorama; equirectangular pictures only."""
    if frame["surface"] != "sphere":
        return 0
    across = 360 * fields["CroppedAreaImageWidthPixels"] / fields["FullPanoWidthPixels"]
    whole = fields["FullPanoHeightPixels"]
    # How far the horizon lies below the middle of the picture, in pixels.
    shift = whole / 2 - fields["CroppedAreaTopPixels"] - size[1] / 2
    picture = file_of(folder, "png")
    middle = frame["left"] + (size[0] - 1) / 2 / frame["scale"]
    scores = []
    for photo in cameras["photos"][::max(1, len(names) // 8)]:
        own = np.array(photo["rotation"]).reshape(3, 3) @ rotation(middle, 0, 0)
        # The panorama is the photo here, and the camera looks ahead.
        yaw, pitch, roll = angles_of(own.T)
        wide = 360 / math.pi * math.atan(photo["width"] / 2 / photo["focalPx"])
        project, drawn = os.path.join(folder, "nona.pto"), os.path.join(folder, "nona")
        with open(project, "w", encoding="utf-8") as file:
            file.write(f'p f0 w{photo["width"]} h{photo["height"]} v{wide:.6f} n"TIFF_m c:NONE"\nm g1 i0 f0 m2\n'
                       f'i w{size[0]} h{size[1]} f4 v{across:.6f} r{roll:.6f} p{pitch:.6f} y{yaw:.6f} a0 b0 c0 d0 '
                       f'e{shift:.4f} g0 t0 Eev0 Er1 Eb1 Va1 Vb0 Vc0 Vd0 Vx0 Vy0 Vm5 n"{os.path.abspath(picture)}"\n')
        for old in glob.glob(drawn + "*.tif"):
            os.remove(old)
        subprocess.run(["nona", "-o", drawn, project], check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        made = cv2.imread(drawn + "0000.tif", cv2.IMREAD_UNCHANGED) if os.path.exists(drawn + "0000.tif") else None
        # Of photos that the crop took away nothing is drawn.
        if made is None:
            continue
        view = cv2.imread([name for name in names if os.path.basename(name) == photo["name"]][0])
        shown = cv2.erode((made[..., 3] > 0).astype(np.uint8), np.ones((9, 9))) > 0
        if shown.mean() < 0.2:
            continue
        a, b = luma(made[..., :3])[shown], luma(view)[shown]
        a = a * float((a * b).sum() / (a * a).sum())
        scores.append(10 * math.log10(255 ** 2 / float(((a - b) ** 2).mean())))
    print(f"  nona: {len(scores)} photos drawn again out of it: PSNR median {np.median(scores):.1f}, "
          f"least {min(scores):.1f} dB")
    return 0


# MARK: Depth


def say_depth(folder):
    """PNG of 16 bits and Radiance, read by others."""
    plain = cv2.imread(file_of(folder, "png")).astype(np.float64)
    deep = cv2.imread(file_of(folder, "png16"), cv2.IMREAD_UNCHANGED)
    light = cv2.imread(file_of(folder, "hdr"), cv2.IMREAD_UNCHANGED)
    bad = 0
    if deep is None or deep.dtype != np.uint16 or deep.shape != plain.shape:
        print("  OpenCV: WRONG: no PNG of 16 bits")
        return 1
    step = np.abs(deep / 257.0 - plain)
    between = float((deep % 257 != 0).mean())
    netpbm = subprocess.run(["pngtopnm", file_of(folder, "png16")], check=True, capture_output=True).stdout
    head = netpbm.split(b"\n", 3)[:3]
    body = np.frombuffer(netpbm[-deep.size * 2:], ">u2").reshape(deep.shape)[..., ::-1]
    same = head[2] == b"65535" and bool((body == deep).all())
    print(f"  OpenCV, png16: at most {step.max():.2f} levels from the PNG of 8 bits, {100 * between:.0f} % of the values lie "
          f"between its levels; netpbm reads the same: {'yes' if same else 'NO'}")
    bad += 0 if same and step.max() <= 1.01 else 1
    if light is None or light.dtype != np.float32 or light.shape != plain.shape:
        print("  OpenCV: WRONG: no Radiance file")
        return bad + 1
    value = np.clip(deep / 65535.0, 0, 1)
    linear = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    # Eight bits for the brightest of three channels: the others are that much coarser.
    slack = light.max(-1, keepdims=True) / 128 + 1e-5
    fits = (deep < 65_000)
    far = float((np.abs(light - linear) > slack)[fits].mean())
    size = json.loads(subprocess.run(["exiftool", "-j", "-ImageWidth", "-ImageHeight", "-FileType", file_of(folder, "hdr")],
                                     check=True, capture_output=True).stdout)[0]
    print(f"  OpenCV, hdr: {100 * far:.3f} % of the values are not the light of the PNG of 16 bits; brightest "
          f"{light.max():.2f}; exiftool: {size['FileType']} {size['ImageWidth']}x{size['ImageHeight']}")
    return bad + (1 if far > 0.001 or [size["ImageWidth"], size["ImageHeight"]] != [plain.shape[1], plain.shape[0]] else 0)


def run(args, sphere, name, out):
    world = cv2.imread(sphere)
    if world is None or world.shape[1] != 2 * world.shape[0]:
        sys.exit(f"panorama_viewers.py: {sphere} is no 2:1 picture")
    heap = HEAPS[name]
    folder = os.path.join(out, os.path.splitext(os.path.basename(sphere))[0] + "-" + name)
    names, turns, focal = render(world, heap, os.path.join(folder, "views"))
    verdict, cameras = stitched(args, names, heap, folder)
    group, frame = verdict["groups"][0], cameras["frame"]
    size = group["size"]
    print(f"{os.path.basename(folder)}: {group['used']} of {len(names)} views, {group['surface']}, "
          f"{size[0]} x {size[1]}, {group['fovDegrees'][0]} x {group['fovDegrees'][1]} degrees", flush=True)
    # From directions of the panorama to those of the sphere.
    places = {os.path.basename(path): index for index, path in enumerate(names)}
    world_turn = nearest_turn([turns[places[photo["name"]]] @ np.array(photo["rotation"]).reshape(3, 3)
                               for photo in cameras["photos"]])
    bad = say_metadata(folder, frame, size)
    bad += say_viewer(args, folder, frame, size, world, world_turn)
    fields, _ = gpano(file_of(folder, "png"))
    bad += say_nona(folder, frame, size, fields, cameras, names, focal)
    bad += say_depth(folder)
    sys.stdout.flush()
    return bad


def main():
    args = parse_arguments()
    for tool in ("exiftool", "nona", "pngtopnm", args.chromium):
        if not shutil.which(tool):
            sys.exit(f"panorama_viewers.py: {tool} is not here")
    with tempfile.TemporaryDirectory() as scratch:
        out = args.out or scratch
        os.makedirs(out, exist_ok=True)
        bad = sum(run(args, sphere, name, out) for sphere in args.spheres for name in args.heaps)
    print("all as it should be" if not bad else f"{bad} things are wrong")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
