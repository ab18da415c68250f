#!/usr/bin/env python3
"""Training steps of a ResNet-18 by Learning and by PyTorch, in turns, in processes of their own.

Both compute the same net in the same layout (channels last), with SGD (momentum 0.9, decay 5e-4), on noise; PyTorch runs
eagerly, as torchvision writes the net. Processor time of a step is compared; the first ones are not counted.

  learn_step.py --ours ".build/release/vitrine-train bench step" --python /usr/bin/python3 --px 112 --threads 2

`--ours` is called with --net, --width, --px, --batch, --steps and --threads. `--python` is an interpreter whose torch is
that of the linked libtorch (Debian: python3-torch).
"""
import argparse
import os
import re
import shlex
import statistics
import subprocess
import time


def peer(net, px, batch, steps, threads):
    """Prints what PyTorch needs for a step."""
    import torch
    from torch import nn
    from torch.nn import functional

    torch.set_num_threads(threads)
    torch.manual_seed(1)

    class Block(nn.Module):
        def __init__(self, inputs, outputs, stride):
            super().__init__()
            self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
            self.bn1 = nn.BatchNorm2d(outputs)
            self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
            self.bn2 = nn.BatchNorm2d(outputs)
            self.relu = nn.ReLU(inplace=True)
            self.downsample = None
            if stride != 1 or inputs != outputs:
                self.downsample = nn.Sequential(
                    nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs)
                )

        def forward(self, x):
            out = self.bn2(self.conv2(self.relu(self.bn1(self.conv1(x)))))
            return self.relu(out + (x if self.downsample is None else self.downsample(x)))

    widths = {"resnet18": [64, 128, 256, 512], "resnet-s": [32, 64, 128, 256]}[net]
    stem = (
        [nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU(inplace=True), nn.MaxPool2d(3, 2, 1)]
        if net == "resnet18"
        else [nn.Conv2d(3, 32, 3, 2, 1, bias=False), nn.BatchNorm2d(32), nn.ReLU(inplace=True), nn.MaxPool2d(2)]
    )
    blocks, inputs = [], widths[0]
    for stage, width in enumerate(widths):
        blocks += [Block(inputs, width, 2 if stage else 1), Block(width, width, 1)]
        inputs = width
    model = nn.Sequential(*stem, *blocks, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(inputs, 100))
    model = model.to(memory_format=torch.channels_last)
    optimizer = torch.optim.SGD(model.parameters(), 0.01, momentum=0.9, weight_decay=5e-4)
    pictures = torch.randn(batch, 3, px, px).to(memory_format=torch.channels_last)
    labels = torch.arange(batch) % 100

    def step():
        optimizer.zero_grad(set_to_none=True)
        loss = functional.cross_entropy(model(pictures), labels)
        loss.backward()
        optimizer.step()
        return loss.item()

    for _ in range(3):
        step()
    begin = time.process_time()
    for _ in range(steps):
        step()
    print(f"{(time.process_time() - begin) / steps * 1000:.1f} CPU ms a step")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ours", default=".build/release/vitrine-train bench step")
    parser.add_argument("--python", default="python3")
    parser.add_argument("--net", default="resnet18", choices=["resnet18", "resnet-s"])
    parser.add_argument("--px", type=int, default=112)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--steps", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--peer", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.peer:
        return peer(options.net, options.px, options.batch, options.steps, options.threads)
    numbers = [
        *("--net", options.net, "--px", str(options.px), "--batch", str(options.batch)),
        *("--steps", str(options.steps), "--threads", str(options.threads)),
    ]
    width = "1" if options.net == "resnet18" else "0.5"
    commands = {
        "ours": shlex.split(options.ours) + numbers + ["--width", width],
        "torch": [options.python, os.path.abspath(__file__), "--peer", *numbers],
    }
    environment = {**os.environ, "OMP_WAIT_POLICY": "passive"}
    found = {name: [] for name in commands}
    for turn in range(options.rounds):
        for name, command in list(commands.items())[:: 1 if turn % 2 == 0 else -1]:
            said = subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout
            found[name].append(float(re.search(r"([0-9.]+) CPU ms", said).group(1)))
    for name, runs in found.items():
        print(f"{name:6} median {statistics.median(runs):8.1f} CPU ms a step  {runs}")
    print(f"ratio {statistics.median(a / b for a, b in zip(found['ours'], found['torch'])):.3f}")


if __name__ == "__main__":
    main()
