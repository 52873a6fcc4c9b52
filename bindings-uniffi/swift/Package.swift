// swift-tools-version:5.9
import PackageDescription

// `cargo xtask uniffi` writes BearLumenCore and BearLumenCoreFFI; the library itself is linked from
// target/release (here) or from an XCFramework (a release).
let package = Package(
    name: "BearLumen",
    platforms: [.macOS(.v12), .iOS(.v15)],
    products: [.library(name: "BearLumen", targets: ["BearLumen"])],
    targets: [
        .systemLibrary(name: "BearLumenCoreFFI"),
        .target(
            name: "BearLumenCore", dependencies: ["BearLumenCoreFFI"],
            linkerSettings: [.unsafeFlags(["-L../../target/release"]), .linkedLibrary("bearlumen_uniffi")]),
        .target(name: "BearLumen", dependencies: ["BearLumenCore"]),
        .testTarget(name: "BearLumenTests", dependencies: ["BearLumen"]),
    ]
)
