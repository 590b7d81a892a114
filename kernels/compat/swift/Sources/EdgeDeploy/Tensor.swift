import EdgeDeployC

/// What a tensor's elements are.
public enum ElementType: UInt32, Sendable {
  case float32, float64, int8, uint8, int16, int32, int64, bool
}

/// Swift types that tensors hold; no others should conform. A tensor of `bool` is read as `UInt8`, 0 or 1.
public protocol TensorElement {
  static func holds(_ type: ElementType) -> Bool
}

extension Float: TensorElement {
  public static func holds(_ type: ElementType) -> Bool { type == .float32 }
}
extension Double: TensorElement {
  public static func holds(_ type: ElementType) -> Bool { type == .float64 }
}
extension Int8: TensorElement {
  public static func holds(_ type: ElementType) -> Bool { type == .int8 }
}
extension UInt8: TensorElement {
  public static func holds(_ type: ElementType) -> Bool { type == .uint8 || type == .bool }
}
extension Int16: TensorElement {
  public static func holds(_ type: ElementType) -> Bool { type == .int16 }
}
extension Int32: TensorElement {
  public static func holds(_ type: ElementType) -> Bool { type == .int32 }
}
extension Int64: TensorElement {
  public static func holds(_ type: ElementType) -> Bool { type == .int64 }
}

/// A tensor without its data.
public struct TensorDescription: Equatable, Sendable {
  public let name: String
  public let type: ElementType
  /// Sizes, outermost first; empty for a scalar. Elements are row-major without gaps.
  public let shape: [Int]
  public let byteCount: Int

  /// Of one that exists: the library gives types of its own list.
  init(_ tensor: ed_tensor) {
    name = tensor.name.map { String(cString: $0) } ?? ""
    type = ElementType(rawValue: tensor.type.rawValue) ?? .float32
    shape = withUnsafeBytes(of: tensor.shape) { $0.bindMemory(to: UInt32.self).prefix(Int(tensor.rank)).map(Int.init) }
    byteCount = tensor.bytes
  }
}
