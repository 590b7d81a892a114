import EdgeDeployC
import Foundation

/// A checked program file, made by `edge-deploy build` or `edge-deploy package`.
///
/// Any number of sessions, on any threads, may use one model at once. Its memory goes with the last of them.
public final class Model {
  private let bytes: AlignedMemory
  private let storage: Box<ed_model>

  /// Reads a file, such as `Bundle.main.url(forResource: "model", withExtension: "edp")`.
  ///
  /// Throws `EdgeDeployError` when it cannot be read, or is no program for this device.
  public convenience init(contentsOf url: URL) throws {
    let data: Data
    do {
      data = try Data(contentsOf: url, options: .mappedIfSafe)
    } catch {
      throw EdgeDeployError.unreadable(name: url.lastPathComponent, reason: error.localizedDescription)
    }
    try self.init(data: data, name: url.lastPathComponent)
  }

  /// Copies the bytes of a program file; `name` stands in errors. Throws `EdgeDeployError` when they are no program for this
  /// device.
  public init(data: Data, name: String = "the model") throws {
    bytes = try AlignedMemory(byteCount: data.count)
    storage = Box(ed_model())
    data.withUnsafeBytes { UnsafeMutableRawBufferPointer(start: bytes.start, count: data.count).copyMemory(from: $0) }
    let status = ed_model_open(storage.pointer, bytes.start, data.count)
    if status == ED_NOT_A_PROGRAM {
      throw Model.isNaiveBuffer(data)
        ? EdgeDeployError.paddleLiteModel(name: name) : EdgeDeployError.notAProgram(name: name)
    }
    if status != ED_OK { throw EdgeDeployError.refused(name: name, reason: text(of: status)) }
  }

  /// Inputs and outputs of every plan.
  public var inputCount: Int { Int(storage.pointer.pointee.input_count) }
  public var outputCount: Int { Int(storage.pointer.pointee.output_count) }

  /// The name of an input. Throws `EdgeDeployError.noSuchTensor`.
  public func inputName(_ index: Int) throws -> String {
    try requireInput(index)
    return TensorDescription(input(index, plan: 0)).name
  }

  /// The shapes of an input that the model was compiled for, each once. Throws `EdgeDeployError.noSuchTensor`.
  public func shapes(ofInput index: Int) throws -> [[Int]] {
    try requireInput(index)
    var shapes: [[Int]] = []
    for plan in 0..<planCount {
      let shape = self.shape(ofInput: index, plan: plan)
      if !shapes.contains(shape) { shapes.append(shape) }
    }
    return shapes
  }

  var planCount: Int { Int(storage.pointer.pointee.plan_count) }

  /// Stays in its place while the model lives, as a session demands.
  var pointer: UnsafePointer<ed_model> { UnsafePointer(storage.pointer) }

  func shape(ofInput index: Int, plan: Int) -> [Int] { TensorDescription(input(index, plan: plan)).shape }

  func requireInput(_ index: Int) throws {
    if index < 0 || index >= inputCount { throw EdgeDeployError.noSuchTensor(kind: "input", index: index, count: inputCount) }
  }

  private func input(_ index: Int, plan: Int) -> ed_tensor { ed_model_input(pointer, UInt32(plan), UInt32(index)) }

  /// A model of Paddle-Lite: u16 version 0, 1 or 2 ahead of the rest.
  private static func isNaiveBuffer(_ data: Data) -> Bool {
    let head = [UInt8](data.prefix(2))
    return data.count > 18 && head[0] <= 2 && head[1] == 0
  }
}

/// Nothing in it changes after `init`.
extension Model: @unchecked Sendable {}
