import Foundation

/// What can go wrong. `errorDescription` says what happened, `recoverySuggestion` what to do, and printing one says both.
public enum EdgeDeployError: Error, Equatable {
  case unreadable(name: String, reason: String)
  case paddleLiteModel(name: String)
  case notAProgram(name: String)
  /// A program, but damaged, or not for this device or this version; `reason` is the library's sentence.
  case refused(name: String, reason: String)
  case outOfMemory(byteCount: Int)
  /// `kind` is input or output.
  case noSuchTensor(kind: String, index: Int, count: Int)
  case wrongType(tensor: String, has: ElementType, asked: String)
  case wrongCount(tensor: String, takes: Int, given: Int)
  case wrongShape(input: String, asked: [Int], known: [[Int]])
  /// Every input has a shape that the model was compiled for, but no plan has them all.
  case noSuchCombination
}

extension EdgeDeployError: LocalizedError {
  public var errorDescription: String? { what }
  public var recoverySuggestion: String? { remedy }

  private var what: String {
    switch self {
    case .unreadable(let name, let reason): return "\(name) cannot be read: \(reason)"
    case .paddleLiteModel(let name): return "\(name) is a model of Paddle-Lite (.nb)."
    case .notAProgram(let name): return "\(name) is not a program of edge-deploy."
    case .refused(let name, let reason): return "\(name): \(reason)"
    case .outOfMemory(let byteCount):
      return "There is no memory for \(byteCount < 0 ? "as many bytes as this needs" : "\(byteCount) bytes")."
    case .noSuchTensor(let kind, let index, let count): return "There is no \(kind) \(index): the model has \(count)."
    case .wrongType(let tensor, let has, let asked): return "'\(tensor)' holds \(has), not \(asked)."
    case .wrongCount(let tensor, let takes, let given): return "'\(tensor)' takes \(takes) elements, not \(given)."
    case .wrongShape(let input, let asked, let known):
      let list = known.map(text(of:)).joined(separator: ", ")
      return "Input '\(input)' cannot be \(text(of: asked)): the model was compiled for \(list)."
    case .noSuchCombination:
      return "The model was compiled for each of these input shapes, but not for all of them together."
    }
  }

  private var remedy: String {
    switch self {
    case .unreadable: return "Add the file to the app target, under Copy Bundle Resources."
    case .paddleLiteModel(let name):
      return "Convert it once: edge-deploy build \(name) -t generic-armv8 -o model.edp"
    case .notAProgram: return "Compile the model: edge-deploy build MODEL -t generic-armv8 -o model.edp"
    case .refused:
      return "Take model.edp and the library from one run of: edge-deploy package MODEL --for ios"
    case .outOfMemory: return "Close other sessions, use fewer threads, or compile the model for smaller shapes."
    case .noSuchTensor: return "Indices begin at 0."
    case .wrongType(_, let has, _): return has == .bool ? "Use UInt8." : "Use the Swift type for \(has)."
    case .wrongCount: return "Give as many as its shape has elements, or resize it first."
    case .wrongShape(let input, let asked, _):
      let possible = !asked.isEmpty && asked.allSatisfy { $0 > 0 }
      return "Give it one of these" + (possible ? ", or compile with --input-shape \(input)=\(text(of: asked)) as well." : ".")
    case .noSuchCombination: return "Resize the other inputs as well, or compile the model for these shapes together."
    }
  }
}

extension EdgeDeployError: CustomStringConvertible {
  public var description: String { "\(what) \(remedy)" }
}

/// "1x3x48x192"
private func text(of shape: [Int]) -> String {
  shape.isEmpty ? "a scalar" : shape.map(String.init).joined(separator: "x")
}
