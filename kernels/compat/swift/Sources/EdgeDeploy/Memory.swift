import EdgeDeployC
import Foundation

/// Memory that begins at a multiple of 64 bytes, freed with the object.
final class AlignedMemory {
  let start: UnsafeMutableRawPointer

  /// Throws `EdgeDeployError.outOfMemory`.
  init(byteCount: Int) throws {
    var memory: UnsafeMutableRawPointer?
    // The library's SIZE_MAX, beyond all memory, arrives as −1.
    guard byteCount >= 0, posix_memalign(&memory, 64, max(byteCount, 64)) == 0, let start = memory else {
      throw EdgeDeployError.outOfMemory(byteCount: byteCount)
    }
    self.start = start
  }

  deinit { free(start) }
}

/// A C structure that stays in its place, which a property of a class need not.
final class Box<Value> {
  let pointer: UnsafeMutablePointer<Value>

  init(_ value: Value) {
    pointer = .allocate(capacity: 1)
    pointer.initialize(to: value)
  }

  deinit {
    pointer.deinitialize(count: 1)
    pointer.deallocate()
  }
}

func text(of status: ed_status) -> String { String(cString: ed_status_text(status)) }
