// swift-tools-version:6.2
import Foundation
import PackageDescription

// One runnable program a library. `make check` builds them; each `Getting Started` page quotes its program.

// Learning is there where libtorch is, as in the package's own manifest.
let torch = (Context.environment["TORCH_HOME"] ?? "/usr") + "/include/torch/csrc/api/include/torch/version.h"
let training = FileManager.default.fileExists(atPath: torch) ? [("train-small", "Learning")] : []

let programs: [(name: String, library: String)] =
    training + [
        ("canonical-json", "Basics"),
        ("shared-notes", "Storage"),
        ("near-hashes", "Kernels"),
        ("nearest-vectors", "VectorIndex"),
        ("thumbnail", "Imaging"),
        ("picture-tour", "Imaging"),
        ("find-copies", "VisualSearch"),
        ("run-model", "Inference"),
        ("rank-answers", "Evaluation"),
        ("retrieval-at-scale", "Evaluation"),
        ("sign-in", "Accounts"),
        ("two-people", "Messaging"),
        ("one-panorama", "Panorama"),
    ]

let package = Package(
    name: "examples",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "vitrine", path: "..")
    ],
    targets: programs.map { program in
        .executableTarget(
            name: program.name,
            dependencies: [
                .product(name: program.library, package: "vitrine"),
                .product(name: "Basics", package: "vitrine"),
                .product(name: "Storage", package: "vitrine"),
                .product(name: "Imaging", package: "vitrine"),
            ],
            path: "Sources/\(program.name)",
            swiftSettings: [
                .swiftLanguageMode(.v6),
                .enableUpcomingFeature("ExistentialAny"),
                .enableUpcomingFeature("InternalImportsByDefault"),
                .enableUpcomingFeature("MemberImportVisibility"),
                .treatAllWarnings(as: .error),
            ])
    }
)
