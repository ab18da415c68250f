#!/usr/bin/env python3
"""Vitrine's pictures beside Pillow, OpenCV, libvips and libjpeg-turbo: time, and whether the pixels agree.

  .venv-peers/bin/python Benchmarks/peers/pictures.py --tiles photos/        all parts; photos/ holds at least 12 photographs
  .venv-peers/bin/python Benchmarks/peers/pictures.py --only agree           without photographs

  time     a 12-megapixel JPEG to a short side of 256 pixels: processor milliseconds from bytes to pixels, one thread, each
           program in turns in the same minute, the best of the rounds; the ratio is to libjpeg-turbo by hand at the same scale
  agree    mean difference from Pillow in levels 0...255 over JPEG, PNG and WebP files of many kinds and all EXIF turns
  resize   peak signal to noise ratio against Pillow, OpenCV and libvips for each filter, smaller and larger
  hostile  thousands of broken and lying files in one process under a limit of memory: every one ends in a picture or a sentence
  trips    peak signal to noise ratio of what one encodes and the other decodes

Ends with status 1 when a bound is broken: agree <= 1.5 levels, resize >= 45 dB against Pillow.
pip packages: numpy, pillow, opencv-python-headless, pyvips and pyvips-binary, PyTurboJPEG < 2; one that is missing is left out.
"""
import argparse
import ctypes.util
import glob
import io
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time

os.environ["VIPS_CONCURRENCY"] = "1"

import numpy as np
from PIL import Image, ImageFilter, ImageOps, features

MOST_LEVELS, LEAST_DECIBELS = 1.5, 45.0


def optional(name):
    try:
        return __import__(name)
    except (ImportError, OSError):
        print(f"{name}: not here, left out")
        return None


def photograph(width, height, seed=1):
    """A picture with soft shapes, edges and grain, for parts that need no real photograph."""
    rng = np.random.default_rng(seed)
    soft = Image.fromarray(rng.integers(0, 256, (max(2, height // 16), max(2, width // 16), 3), np.uint8))
    picture = np.asarray(soft.resize((width, height), Image.BICUBIC)).astype(np.int16)
    picture[:, width // 3:width // 3 + 2] = 250
    picture[height // 2:, width // 2:] //= 2
    return Image.fromarray(np.clip(picture + rng.normal(0, 3, picture.shape), 0, 255).astype(np.uint8))


def sheet(tiles):
    """Twelve photographs on 4000 x 3000 pixels with a little noise, as a camera's JPEG."""
    files = sorted(f for e in ("jpg", "jpeg", "png") for f in glob.glob(os.path.join(tiles, "**", "*." + e), recursive=True))
    if len(files) < 12:
        raise SystemExit(f"{tiles}: 12 photographs are needed, {len(files)} are here")
    random.Random(3).shuffle(files)
    page = Image.new("RGB", (4000, 3000))
    for place, file in enumerate(files[:12]):
        tile = Image.open(file).convert("RGB").resize((1000, 1000), Image.BICUBIC)
        page.paste(tile, (place % 4 * 1000, place // 4 * 1000))
    noisy = np.asarray(page).astype(np.int16) + np.random.default_rng(1).normal(0, 3, (3000, 4000, 1)).astype(np.int16)
    out = io.BytesIO()
    Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8)).save(out, "JPEG", quality=90, subsampling=2)
    return out.getvalue()


def psnr(one, other):
    error = np.mean((np.asarray(one, np.float64) - np.asarray(other, np.float64)) ** 2)
    return 99.0 if error == 0 else 10 * np.log10(255 ** 2 / error)


class Vitrine:
    def __init__(self, program, folder):
        self.program, self.folder = program, folder

    def run(self, *arguments):
        done = subprocess.run([self.program, "images", *arguments], capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"vitrine images {' '.join(arguments)}: {done.stderr.strip()}")
        return done.stdout

    def convert(self, picture, *options, ending="png"):
        """The picture (a path, bytes or a Pillow picture) as Vitrine writes it, opened by Pillow."""
        path = os.path.join(self.folder, "in.png")
        if isinstance(picture, Image.Image):
            picture.save(path)
        elif isinstance(picture, bytes):
            with open(path, "wb") as file:
                file.write(picture)
        else:
            path = picture
        out = os.path.join(self.folder, "out." + ending)
        self.run("convert", path, out, *options)
        with Image.open(out) as result:
            result.load()
            return result


# MARK: Time


def processor(body, count):
    start = time.process_time()
    for _ in range(count):
        body()
    return (time.process_time() - start) / count * 1e3


def part_time(vitrine, data, rounds):
    path = os.path.join(vitrine.folder, "sheet.jpg")
    with open(path, "wb") as file:
        file.write(data)
    size = (341, 256)
    ways = {}

    def pillow(draft, how):
        picture = Image.open(io.BytesIO(data))
        if draft:
            picture.draft("RGB", (size[0] * draft, size[1] * draft))
        picture.load()
        picture.resize(size, how)

    ways["Pillow, full + Lanczos"] = lambda: pillow(0, Image.LANCZOS)
    ways["Pillow, draft to 2x + Lanczos"] = lambda: pillow(2, Image.LANCZOS)
    cv2, pyvips = optional("cv2"), optional("pyvips")
    if cv2:
        cv2.setNumThreads(1)
        raw = np.frombuffer(data, np.uint8)
        area = lambda picture: cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
        ways["OpenCV, 1/4 + area"] = lambda: area(cv2.imdecode(raw, cv2.IMREAD_REDUCED_COLOR_4))
        ways["OpenCV, full + area"] = lambda: area(cv2.imdecode(raw, cv2.IMREAD_COLOR))
    if pyvips:
        pyvips.cache_set_max(0)
        ways["libvips, thumbnail"] = lambda: pyvips.Image.thumbnail_buffer(data, size[0], height=size[1]).write_to_memory()
    try:
        from turbojpeg import TJPF_RGB, TurboJPEG
        turbo = TurboJPEG(ctypes.util.find_library("turbojpeg"))
        for part in (8, 4, 2, 1) if cv2 else ():
            ways[f"libjpeg-turbo by hand, 1/{part} + area"] = (
                lambda part=part: area(turbo.decode(data, pixel_format=TJPF_RGB, scaling_factor=(1, part))))
    except (ImportError, OSError, RuntimeError, TypeError) as error:
        print(f"libjpeg-turbo by hand: left out ({error})")
    best = {}
    for _ in range(rounds):
        ours = json.loads(vitrine.run("bench", path, "--count", "3", "--rounds", "1", "--json"))
        for name, value in ours.items():
            eighths, how = name.split("/8 + ")
            name = f"Vitrine, 1/{8 // int(eighths)} + {how}"
            best[name] = min(best.get(name, 1e9), value)
        for name, way in ways.items():
            best[name] = min(best.get(name, 1e9), processor(way, 3))
    print(f"\n{len(data) / 2**20:.1f} MiB, 4000 x 3000 -> {size[0]} x {size[1]}; processor ms; Pillow's libjpeg-turbo is "
          f"{features.version('libjpeg_turbo')}")
    for name, value in sorted(best.items(), key=lambda item: item[1]):
        hand = best.get("libjpeg-turbo by hand, " + name.split(", ", 1)[1].replace("lanczos", "area")) if ", 1/" in name else None
        print(f"  {value:7.1f}  {name:42s}" + (f"  {value / hand:.2f} x by hand" if hand and "Vitrine" in name else ""))
    return True


# MARK: Agreement


def files_of_many_kinds():
    photo = photograph(203, 151)
    alpha = photo.copy()
    alpha.putalpha(Image.linear_gradient("L").resize(photo.size))
    wide = Image.fromarray((np.linspace(0, 65535, 203 * 151).reshape(151, 203)).astype(np.uint16))

    def saved(picture, kind, **options):
        out = io.BytesIO()
        picture.save(out, kind, **options)
        return out.getvalue()

    for sampling, name in ((0, "4:4:4"), (1, "4:2:2"), (2, "4:2:0")):
        yield f"JPEG {name}", saved(photo, "JPEG", quality=88, subsampling=sampling)
    yield "JPEG progressive", saved(photo, "JPEG", quality=88, progressive=True)
    yield "JPEG grey", saved(photo.convert("L"), "JPEG", quality=88)
    yield "JPEG CMYK", saved(photo.convert("CMYK"), "JPEG", quality=95)
    for mode in ("1", "L", "LA", "P", "RGB", "RGBA"):
        yield f"PNG {mode}", saved((alpha if "A" in mode else photo).convert(mode), "PNG")
    yield "PNG 16 bit grey", saved(wide, "PNG")
    yield "WebP lossy", saved(photo, "WEBP", quality=85)
    yield "WebP lossless", saved(photo, "WEBP", lossless=True)
    yield "WebP alpha", saved(alpha, "WEBP", lossless=True)
    yield "GIF", saved(photo.convert("P", palette=Image.ADAPTIVE), "GIF")
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[0x0112] = orientation
        yield f"JPEG turned {orientation}", saved(photo, "JPEG", quality=90, exif=exif)


def over_white(picture):
    if picture.mode.startswith("I"):
        return np.repeat((np.asarray(picture).astype(np.float64) / 257).round()[..., None], 3, 2)
    if picture.mode in ("LA", "P", "PA", "RGBA"):
        picture = picture.convert("RGBA")
        white = Image.new("RGBA", picture.size, "white")
        picture = Image.alpha_composite(white, picture)
    return np.asarray(picture.convert("RGB"), np.float64)


def part_agree(vitrine):
    print(f"\nmean difference from Pillow in levels (at most {MOST_LEVELS})")
    good = True
    for name, data in files_of_many_kinds():
        theirs = over_white(ImageOps.exif_transpose(Image.open(io.BytesIO(data))))
        ours = over_white(vitrine.convert(data))
        apart = float("inf") if ours.shape != theirs.shape else np.abs(ours - theirs).mean()
        good &= bool(apart <= MOST_LEVELS)
        print(f"  {apart:6.3f}  {name}" + ("" if apart <= MOST_LEVELS else "  TOO FAR"))
    return good


def part_resize(vitrine):
    photo = photograph(640, 480)
    cv2, pyvips = optional("cv2"), optional("pyvips")
    pillow = {"bilinear": Image.BILINEAR, "bicubic": Image.BICUBIC, "lanczos": Image.LANCZOS, "area": Image.BOX}
    print(f"\nPSNR of resized pictures in dB (Pillow: at least {LEAST_DECIBELS:.0f}; libvips places its pixels otherwise)")
    good = True
    for size in ((160, 120), (213, 160), (97, 301), (1280, 960)):
        for name, how in pillow.items():
            if name == "area" and (640 % size[0] or 480 % size[1]):
                continue  # Pillow's box window is the area only for whole ratios
            ours = vitrine.convert(photo, "--width", str(size[0]), "--height", str(size[1]), "--filter", name)
            against = {"Pillow": photo.resize(size, Image.BILINEAR if name == "area" and size[0] > 640 else how)}
            if cv2 and name == "area" and size[0] < 640:
                against["OpenCV"] = cv2.resize(np.asarray(photo), size, interpolation=cv2.INTER_AREA)
            if pyvips and name == "lanczos":
                source = pyvips.Image.new_from_array(np.asarray(photo))
                against["libvips"] = source.resize(size[0] / 640, vscale=size[1] / 480, kernel="lanczos3").numpy()
            values = {who: psnr(ours, picture) for who, picture in against.items()}
            good &= bool(values["Pillow"] >= LEAST_DECIBELS)
            print(f"  640 x 480 -> {size[0]:4d} x {size[1]:4d}  {name:9s}" + "  ".join(f"{w} {v:5.1f}" for w, v in values.items()))
    return good


def part_trips(vitrine):
    photo = photograph(640, 480)
    print("\nPSNR against the picture of what one writes and the other reads, in dB")
    for ending, kind, quality in (("jpg", "JPEG", 85), ("webp", "WEBP", 85), ("png", "PNG", None)):
        options = ["--quality", str(quality)] if quality else []
        ours = psnr(vitrine.convert(photo, *options, ending=ending).convert("RGB"), photo)
        out = io.BytesIO()
        photo.save(out, kind, **({"quality": quality} if quality else {}))
        theirs = psnr(vitrine.convert(out.getvalue()).convert("RGB"), photo)
        print(f"  {kind:5s} quality {quality or '-'}   Vitrine -> Pillow {ours:5.2f}   Pillow -> Vitrine {theirs:5.2f}")
    return True


def lies(data, rng):
    """The file with random bytes changed, cut short, or with other sides in its header."""
    file = bytearray(data)
    kind = rng.randrange(3)
    if kind == 0:
        for _ in range(rng.randrange(1, 12)):
            file[rng.randrange(len(file))] = rng.randrange(256)
    elif kind == 1:
        del file[rng.randrange(len(file)):]
    else:
        at = rng.randrange(min(64, len(file) - 4))
        file[at:at + 4] = rng.choice((b"\xff\xdc\xff\xdc", b"\x7f\xff\xff\xff", b"\x3f\xff\x3f\xff", b"\0\0\0\0"))
    return bytes(file)


def part_hostile(vitrine, count=3000, most=512):
    rng = random.Random(7)
    kinds = [data for _, data in files_of_many_kinds()]
    with tempfile.TemporaryDirectory() as folder:
        for number in range(count):
            with open(os.path.join(folder, f"{number:05d}.jpg"), "wb") as file:
                file.write(lies(kinds[number % len(kinds)], rng))
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        done = subprocess.Popen([vitrine.program, "images", "info", "--decode", "--json", folder], text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        shown, refused = done.communicate()
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    told = len(shown.splitlines()) + len(refused.splitlines())
    memory = usage.ru_maxrss / 1024
    good = done.returncode in (0, 1) and told == count and memory < most
    print(f"\n{count} hostile files: {len(shown.splitlines())} shown, {len(refused.splitlines())} refused, status {done.returncode}; "
          f"at most {memory:.0f} MiB (of any program here so far), {usage.ru_utime - before:.1f} s" + ("" if good else "  WRONG"))
    return good


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--vitrine", default=".build/release/vitrine", help="the program [%(default)s]")
    parser.add_argument("--tiles", help="folder of photographs for the part `time`")
    parser.add_argument("--only", nargs="+", choices=("hostile", "time", "agree", "resize", "trips"), help="parts [all]")
    parser.add_argument("--rounds", type=int, default=5, help="of the part `time` [%(default)s]")
    options = parser.parse_args()
    parts = options.only or ["hostile", "time", "agree", "resize", "trips"]
    if "time" in parts and not options.tiles:
        print("time: left out, --tiles names no folder of photographs")
        parts = [part for part in parts if part != "time"]
    with tempfile.TemporaryDirectory() as folder:
        vitrine = Vitrine(options.vitrine, folder)
        good = True
        if "hostile" in parts:
            good &= part_hostile(vitrine)
        if "time" in parts:
            good &= part_time(vitrine, sheet(options.tiles), options.rounds)
        for name, part in (("agree", part_agree), ("resize", part_resize), ("trips", part_trips)):
            if name in parts:
                good &= part(vitrine)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
