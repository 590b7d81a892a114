// swift-tools-version:5.5
import PackageDescription

let package = Package(
  name: "EdgeDeploy",
  platforms: [.iOS(.v13)],
  products: [.library(name: "EdgeDeploy", targets: ["EdgeDeploy"])],
  targets: [
    // The library and its C header, which Swift imports as EdgeDeployC.
    .binaryTarget(name: "EdgeDeployC", path: "EdgeDeploy.xcframework"),
    .target(name: "EdgeDeploy", dependencies: ["EdgeDeployC"]),
    .testTarget(name: "EdgeDeployTests", dependencies: ["EdgeDeploy"]),
  ]
)
