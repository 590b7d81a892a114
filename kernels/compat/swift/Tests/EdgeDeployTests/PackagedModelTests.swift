import EdgeDeploy
import XCTest

/// The packaged model on a simulator: it opens and runs, and what is not a model is refused.
final class PackagedModelTests: XCTestCase {
  func testModelRuns() throws {
    // Tests/EdgeDeployTests/…swift stands three levels below the package.
    let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let model = try Model(contentsOf: package.appendingPathComponent("model.edp"))
    let session = try Session(model, threads: 2)
    try session.run()
    for index in 0..<model.outputCount {
      XCTAssertGreaterThan(try session.outputDescription(index).byteCount, 0)
    }
    XCTAssertThrowsError(try session.resizeInput(0, to: [1, 2, 3, 4, 5])) { error in
      XCTAssertTrue("\(error)".contains("the model was compiled for"), "\(error)")
    }
  }

  func testOtherFilesAreRefused() {
    XCTAssertThrowsError(try Model(data: Data(repeating: 0x7f, count: 100))) { error in
      XCTAssertEqual(error as? EdgeDeployError, .notAProgram(name: "the model"))
    }
    XCTAssertThrowsError(try Model(data: Data([2, 0] + [UInt8](repeating: 1, count: 100)), name: "net.nb")) { error in
      XCTAssertEqual(error as? EdgeDeployError, .paddleLiteModel(name: "net.nb"))
    }
  }
}
