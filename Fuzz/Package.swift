// swift-tools-version:6.2
import PackageDescription

// Coverage-guided fuzzing by libFuzzer, which the toolchain carries. Build with the sanitizer or it does not link:
//   swift build -c release --sanitize fuzzer
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
                .product(name: "Inference", package: "vitrine"),
            ],
            swiftSettings: [
                .swiftLanguageMode(.v6),
                .enableUpcomingFeature("ExistentialAny"),
                .enableUpcomingFeature("InternalImportsByDefault"),
                .enableUpcomingFeature("MemberImportVisibility"),
                .treatAllWarnings(as: .error),
                .unsafeFlags(["-parse-as-library"]),
            ])
    ]
)
