// swift-tools-version:6.2
import Foundation
import PackageDescription

// Coverage-guided fuzzing by libFuzzer, which the toolchain carries. Build with the sanitizer or it does not link:
//   swift build -c release --sanitize fuzzer

// The library for training is there only where libtorch is, as in the package above.
let torchHome = Context.environment["TORCH_HOME"] ?? "/usr"
let hasTorch = FileManager.default.fileExists(
    atPath: torchHome + "/include/torch/csrc/api/include/torch/version.h")

let package = Package(
    name: "fuzz",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "vitrine", path: "..")
    ],
    targets: [
        .executableTarget(
            name: "fuzz",
            dependencies: [
                .product(name: "Imaging", package: "vitrine"),
                .product(name: "VectorIndex", package: "vitrine"),
                .product(name: "VectorShards", package: "vitrine"),
                .product(name: "Inference", package: "vitrine"),
                .product(name: "Basics", package: "vitrine"),
                .product(name: "VisualSearch", package: "vitrine"),
            ] + (hasTorch ? [.product(name: "Learning", package: "vitrine")] : []),
            swiftSettings: [
                .swiftLanguageMode(.v6),
                .enableUpcomingFeature("ExistentialAny"),
                .enableUpcomingFeature("InternalImportsByDefault"),
                .enableUpcomingFeature("MemberImportVisibility"),
                .treatAllWarnings(as: .error),
                .unsafeFlags(["-parse-as-library"]),
            ] + (hasTorch ? [.define("LEARNING")] : []))
    ]
)
