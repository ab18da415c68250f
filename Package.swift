// swift-tools-version:6.2
import Foundation
import PackageDescription

// One manifest, one section a floor. Arrows between floors point down only
// (Documentation/Modules.md has a paragraph for each module; Tests/TidyTests holds the table of allowed arrows).

// MARK: Base

let base: [Target] = [
    .target(
        name: "Basics",
        path: "Sources/Base/Basics"),
    .target(
        name: "Archives",
        dependencies: ["CZlib"],
        path: "Sources/Base/Archives"),
    // Optimised in debug builds too: the tests call these loops millions of times.
    .target(
        name: "Kernels",
        dependencies: ["CKernels"],
        path: "Sources/Base/Kernels",
        swiftSettings: [.unsafeFlags(["-O"])]),
]

// MARK: System: C libraries, each imported by exactly one Swift target

let system: [Target] = [
    .target(
        name: "CKernels",
        path: "Sources/System/CKernels",
        cSettings: [.unsafeFlags(["-O3", "-ffp-contract=off", "-Wall", "-Wextra", "-Werror"])]),
    .systemLibrary(
        name: "CArgon2", path: "Sources/System/CArgon2",
        pkgConfig: "libargon2", providers: [.apt(["libargon2-dev"])]),
    .systemLibrary(
        name: "CTurboJPEG", path: "Sources/System/CTurboJPEG",
        pkgConfig: "libturbojpeg", providers: [.apt(["libturbojpeg0-dev"])]),
    .systemLibrary(
        name: "CPNG", path: "Sources/System/CPNG",
        pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
    .systemLibrary(
        name: "CWebP", path: "Sources/System/CWebP",
        pkgConfig: "libwebp", providers: [.apt(["libwebp-dev"])]),
    .target(name: "COnnxRuntime", path: "Sources/System/COnnxRuntime"),
    .target(name: "CCage", path: "Sources/System/CCage"),
    .systemLibrary(
        name: "CZlib", path: "Sources/System/CZlib",
        pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
]

// MARK: Engines

let engines: [Target] = [
    .target(
        name: "Storage",
        dependencies: [
            "Basics",
            .product(name: "GRDBSQLite", package: "GRDB.swift"),
            .product(name: "Crypto", package: "swift-crypto"),
        ],
        path: "Sources/Engines/Storage"),
    .target(
        name: "Imaging",
        dependencies: ["Basics", "Archives", "Kernels", "CTurboJPEG", "CPNG", "CWebP"],
        path: "Sources/Engines/Imaging"),
    .target(
        name: "Inference",
        dependencies: ["Basics", "Kernels", "Imaging", "Evaluation", "COnnxRuntime", "CCage"],
        path: "Sources/Engines/Inference"),
    .target(
        name: "Evaluation",
        dependencies: ["Basics", "Kernels"],
        path: "Sources/Engines/Evaluation"),
    .target(
        name: "VectorIndex",
        dependencies: ["Basics", "Kernels"],
        path: "Sources/Engines/VectorIndex"),
    .target(
        name: "VectorShards",
        dependencies: ["Basics", "VectorIndex", .product(name: "Crypto", package: "swift-crypto")],
        path: "Sources/Engines/VectorShards"),
    .target(
        name: "Accounts",
        dependencies: [
            "Basics", "Storage", "CArgon2",
            .product(name: "Crypto", package: "swift-crypto"),
        ],
        path: "Sources/Engines/Accounts"),
]

// MARK: Training: only where libtorch is, so that a machine that only serves builds without it

// TORCH_HOME names an unpacked libtorch; otherwise the system's is taken (Debian: libtorch-dev), if it is there.
let torchHome = Context.environment["TORCH_HOME"]
let torchHeaders = (torchHome ?? "/usr") + "/include/torch/csrc/api/include"
let hasTorch = FileManager.default.fileExists(atPath: torchHeaders + "/torch/version.h")

let training: [Target] = [
    // Optimised and without debug records in every build: its headers are large, its code is glue.
    .target(
        name: "CTorch",
        path: "Sources/System/CTorch",
        cxxSettings: [
            .unsafeFlags(
                ["-std=c++17", "-O2", "-g0", "-Wall", "-Wextra", "-Werror", "-isystem", torchHeaders]
                    + (torchHome.map { ["-isystem", $0 + "/include"] } ?? []))
        ],
        // By path where it is named: folders of the system's libraries, which may hold a libtorch too, are searched first.
        linkerSettings: torchHome.map { home in
            let linked = ["\(home)/lib/libtorch_cpu.so", "\(home)/lib/libc10.so", "-rpath", "\(home)/lib"]
            return [.unsafeFlags(linked.flatMap { ["-Xlinker", $0] })]
        } ?? [.linkedLibrary("torch_cpu"), .linkedLibrary("c10")]),
    .target(
        name: "Learning",
        dependencies: [
            "Basics", "Archives", "Kernels", "Imaging", "CTorch", .product(name: "Crypto", package: "swift-crypto"),
        ],
        path: "Sources/Engines/Learning"),
    .testTarget(
        name: "LearningTests", dependencies: ["Basics", "Imaging", "Learning", "TestSupport"],
        path: "Tests/LearningTests",
        exclude: ["files.py"]),
    // The only program that links libtorch.
    .executableTarget(
        name: "vitrine-train",
        dependencies: [
            "Basics", "Evaluation", "Imaging", "Inference", "Learning", "Storage",
            .product(name: "ArgumentParser", package: "swift-argument-parser"),
        ],
        path: "Sources/Apps/vitrine-train"),
    .testTarget(
        name: "TrainProgramTests",
        dependencies: ["Basics", "Imaging", "Inference", "TestSupport", "vitrine-train"],
        path: "Tests/TrainProgramTests"),
    // What training exports and what serving runs, side by side.
    .testTarget(
        name: "ParityTests",
        dependencies: ["Basics", "Imaging", "Evaluation", "Inference", "Learning", "VisualSearch", "TestSupport"],
        path: "Tests/ParityTests", exclude: ["check.py"]),
]

// MARK: Features

let features: [Target] = [
    .target(
        name: "Messaging",
        dependencies: [
            "Basics", "Storage", "Accounts", "Imaging",
            .product(name: "Crypto", package: "swift-crypto"),
        ],
        path: "Sources/Features/Messaging"),
    .target(
        name: "ServiceDesk",
        dependencies: [
            "Basics", "Storage", "Accounts", "Messaging",
            .product(name: "Crypto", package: "swift-crypto"),
        ],
        path: "Sources/Features/ServiceDesk"),
    .target(
        name: "Panorama",
        dependencies: ["Basics", "Archives", "Kernels", "Imaging"],
        path: "Sources/Features/Panorama"),
    .target(
        name: "VisualSearch",
        dependencies: [
            "Basics", "Archives", "Kernels", "Storage", "Imaging", "Inference", "VectorIndex", "Evaluation",
            .product(name: "Crypto", package: "swift-crypto"),
        ],
        path: "Sources/Features/VisualSearch"),
]

// MARK: Server and programs

let server: [Target] = [
    .target(
        name: "Server",
        dependencies: [
            "Basics", "Archives", "Storage", "Evaluation", "Inference", "Accounts", "Imaging", "VectorIndex",
            "Messaging",
            "VisualSearch", "Panorama", "ServiceDesk",
            .product(name: "HummingbirdCore", package: "hummingbird"),
            .product(name: "HTTPTypes", package: "swift-http-types"),
            .product(name: "NIOCore", package: "swift-nio"),
            .product(name: "NIOPosix", package: "swift-nio"),
            .product(name: "NIOHTTP1", package: "swift-nio"),
            .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
            .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
            .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            .product(name: "Logging", package: "swift-log"),
            .product(name: "Crypto", package: "swift-crypto"),
            .product(name: "AsyncHTTPClient", package: "async-http-client"),
        ],
        path: "Sources/Server"),
    .executableTarget(
        name: "vitrine",
        dependencies: [
            "Basics", "Kernels", "Storage", "Evaluation", "Inference", "Accounts", "Imaging", "VectorIndex",
            "Messaging",
            "ServiceDesk", "VisualSearch", "Panorama", "Server",
            .product(name: "ArgumentParser", package: "swift-argument-parser"),
            .product(name: "Logging", package: "swift-log"),
            .product(name: "TOMLKit", package: "TOMLKit"),
        ],
        path: "Sources/Apps/vitrine"),
]

// MARK: Tests

let tests: [Target] = [
    .target(name: "TestSupport", dependencies: ["Basics"], path: "Tests/TestSupport"),
    .testTarget(name: "TidyTests", path: "Tests/TidyTests"),
    .testTarget(
        name: "StorageTests", dependencies: ["Basics", "Storage", "TestSupport"], path: "Tests/StorageTests"),
    .testTarget(
        name: "ImagingTests", dependencies: ["Basics", "Kernels", "Imaging", "CTurboJPEG"], path: "Tests/ImagingTests"),
    .testTarget(
        name: "AccountsTests", dependencies: ["Basics", "Storage", "Accounts", "TestSupport"],
        path: "Tests/AccountsTests"),
    .testTarget(
        name: "InferenceTests",
        dependencies: [
            "Basics", "Imaging", "Evaluation", "Inference", "TestSupport",
            .product(name: "Crypto", package: "swift-crypto"),
        ],
        path: "Tests/InferenceTests"),
    .testTarget(name: "EvaluationTests", dependencies: ["Basics", "Evaluation"], path: "Tests/EvaluationTests"),
    .testTarget(name: "ArchivesTests", dependencies: ["Archives"], path: "Tests/ArchivesTests"),
    .testTarget(name: "BasicsTests", dependencies: ["Basics"], path: "Tests/BasicsTests"),
    .testTarget(
        name: "VectorIndexTests", dependencies: ["Basics", "Kernels", "VectorIndex", "TestSupport"],
        path: "Tests/VectorIndexTests"),
    .testTarget(
        name: "VectorShardsTests", dependencies: ["Basics", "VectorIndex", "VectorShards", "TestSupport"],
        path: "Tests/VectorShardsTests"),
    .testTarget(name: "KernelsTests", dependencies: ["Basics", "Kernels"], path: "Tests/KernelsTests"),
    .testTarget(
        name: "MessagingTests",
        dependencies: [
            "Basics", "Storage", "Accounts", "Imaging", "Messaging", "TestSupport",
            .product(name: "Crypto", package: "swift-crypto"),
        ],
        path: "Tests/MessagingTests"),
    .testTarget(
        name: "ServiceDeskTests",
        dependencies: ["Basics", "Storage", "Accounts", "Messaging", "ServiceDesk", "TestSupport"],
        path: "Tests/ServiceDeskTests"),
    .testTarget(
        name: "VisualSearchTests",
        dependencies: [
            "Basics", "Archives", "Kernels", "Storage", "Imaging", "Inference", "VectorIndex", "Evaluation",
            "VisualSearch",
            "TestSupport",
        ],
        path: "Tests/VisualSearchTests"),
    .testTarget(
        name: "PanoramaTests", dependencies: ["Basics", "Archives", "Kernels", "Imaging", "Panorama", "TestSupport"],
        path: "Tests/PanoramaTests"),
    .testTarget(name: "WebTests", dependencies: ["Basics", "TestSupport"], path: "Tests/WebTests"),
    .testTarget(
        name: "ConformanceTests",
        dependencies: ["Basics", "TestSupport", .product(name: "Crypto", package: "swift-crypto")],
        path: "Tests/ConformanceTests", exclude: ["nio_acceptance.py"]),
    .testTarget(
        name: "ServerTests",
        dependencies: [
            "Basics", "Storage", "Accounts", "Imaging", "Messaging", "VisualSearch", "Server", "TestSupport",
            .product(name: "HTTPTypes", package: "swift-http-types"),
            .product(name: "HummingbirdCore", package: "hummingbird"),
            .product(name: "NIOCore", package: "swift-nio"),
            .product(name: "Logging", package: "swift-log"),
        ],
        path: "Tests/ServerTests"),
    .testTarget(name: "FaultTests", dependencies: ["Basics", "TestSupport"], path: "Tests/FaultTests"),
]

// MARK: The package

let package = Package(
    name: "vitrine",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "vitrine", targets: ["vitrine"]),
        .library(name: "Basics", targets: ["Basics"]),
        .library(name: "Archives", targets: ["Archives"]),
        .library(name: "Kernels", targets: ["Kernels"]),
        .library(name: "Storage", targets: ["Storage"]),
        .library(name: "Imaging", targets: ["Imaging"]),
        .library(name: "Inference", targets: ["Inference"]),
        .library(name: "Evaluation", targets: ["Evaluation"]),
        .library(name: "VectorIndex", targets: ["VectorIndex"]),
        .library(name: "VectorShards", targets: ["VectorShards"]),
        .library(name: "Accounts", targets: ["Accounts"]),
        .library(name: "Messaging", targets: ["Messaging"]),
        .library(name: "ServiceDesk", targets: ["ServiceDesk"]),
        .library(name: "VisualSearch", targets: ["VisualSearch"]),
        .library(name: "Panorama", targets: ["Panorama"]),
    ],
    dependencies: [
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.34.1"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.30.0"),
    ],
    targets: base + system + engines + features + server + tests + (hasTorch ? training : [])
)

if hasTorch {
    package.products.append(.library(name: "Learning", targets: ["Learning"]))
    package.products.append(.executable(name: "vitrine-train", targets: ["vitrine-train"]))
}

// MARK: Common settings

for target in package.targets where target.type != .system {
    target.swiftSettings =
        (target.swiftSettings ?? []) + [
            .swiftLanguageMode(.v6),
            .enableUpcomingFeature("ExistentialAny"),
            .enableUpcomingFeature("InternalImportsByDefault"),
            .enableUpcomingFeature("MemberImportVisibility"),
            .treatAllWarnings(as: .error),
        ]
}
