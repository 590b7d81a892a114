import EdgeDeployC
import Foundation

/// Inputs, outputs and runs of a model.
///
///     let model = try Model(contentsOf: url)
///     let session = try Session(model)
///     try session.setInput(0, to: pixels)
///     try session.run()
///     let scores = try session.output(0, as: Float.self)
///
/// For one thread at a time: keep it in an actor or on one queue. Sessions of one model may run at once.
public final class Session {
  public let model: Model

  private let threads: Box<ed_threads>
  private let arena: AlignedMemory
  private let arenaByteCount: Int
  private let session: Box<ed_session>
  /// By input: the shape that was asked for.
  private var wanted: [[Int]?]

  /// Allocates all that runs need. `threads` counts those that compute, the caller's among them, at most one per core; `run`
  /// borrows the others from Dispatch. Throws `EdgeDeployError` when there is no memory, or this device cannot run the model.
  public init(_ model: Model, threads: Int = 1) throws {
    self.model = model
    var helpers = ed_threads()
    helpers.count = UInt32(clamping: min(max(threads, 1), ProcessInfo.processInfo.processorCount))
    helpers.run = { _, count, task, argument in
      guard let task = task else { return }
      // As a number, which may be handed to other threads.
      let address = UInt(bitPattern: argument)
      DispatchQueue.concurrentPerform(iterations: Int(count)) { index in
        task(UnsafeMutableRawPointer(bitPattern: address), UInt32(index))
      }
    }
    self.threads = Box(helpers)
    arenaByteCount = ed_model_arena_size(model.pointer, self.threads.pointer)
    arena = try AlignedMemory(byteCount: arenaByteCount)
    session = Box(ed_session())
    wanted = Array(repeating: nil, count: model.inputCount)
    // An input that is never written holds zeros.
    arena.start.initializeMemory(as: UInt8.self, repeating: 0, count: arenaByteCount)
    try start(plan: 0)
  }

  /// Input `index` as it is shaped now. Throws `EdgeDeployError.noSuchTensor`.
  public func inputDescription(_ index: Int) throws -> TensorDescription {
    try TensorDescription(input(index))
  }

  /// Output `index` as it is shaped now. Throws `EdgeDeployError.noSuchTensor`.
  public func outputDescription(_ index: Int) throws -> TensorDescription {
    try TensorDescription(output(index))
  }

  /// Gives an input one of the shapes that the model was compiled for. Other inputs keep what they hold where their shapes stay;
  /// outputs are lost. Throws `EdgeDeployError.wrongShape`, which lists the shapes, and changes nothing then.
  public func resizeInput(_ index: Int, to shape: [Int]) throws {
    try model.requireInput(index)
    guard let chosen = plan(for: index, shape, all: true) ?? plan(for: index, shape, all: false) else {
      throw EdgeDeployError.wrongShape(
        input: try model.inputName(index), asked: shape, known: try model.shapes(ofInput: index))
    }
    if chosen != currentPlan { try change(to: chosen) }
    wanted[index] = shape
  }

  /// Lends the elements of an input, to be written; they hold until it is resized. The pointer must not be kept.
  ///
  /// Throws `EdgeDeployError.noSuchTensor` or `.wrongType`, and what `body` throws.
  public func withInput<Element: TensorElement, Result>(
    _ index: Int, as type: Element.Type, _ body: (UnsafeMutableBufferPointer<Element>) throws -> Result
  ) throws -> Result {
    try body(elements(of: input(index)))
  }

  /// Lends the elements of an output, which hold until the next run. The pointer must not be kept.
  ///
  /// Throws `EdgeDeployError.noSuchTensor` or `.wrongType`, and what `body` throws.
  public func withOutput<Element: TensorElement, Result>(
    _ index: Int, as type: Element.Type, _ body: (UnsafeBufferPointer<Element>) throws -> Result
  ) throws -> Result {
    try body(UnsafeBufferPointer(elements(of: output(index))))
  }

  /// Copies `values` into an input: as many as its shape has elements. Throws `EdgeDeployError`.
  public func setInput<Element: TensorElement>(_ index: Int, to values: [Element]) throws {
    let name = try inputDescription(index).name
    try withInput(index, as: Element.self) { elements in
      if values.count != elements.count {
        throw EdgeDeployError.wrongCount(tensor: name, takes: elements.count, given: values.count)
      }
      _ = elements.initialize(from: values)
    }
  }

  /// A copy of an output's elements. Throws `EdgeDeployError.noSuchTensor` or `.wrongType`.
  public func output<Element: TensorElement>(_ index: Int, as type: Element.Type) throws -> [Element] {
    try withOutput(index, as: type) { Array($0) }
  }

  /// Computes all outputs from the inputs, which stay as they are. Throws `EdgeDeployError.noSuchCombination` when inputs were
  /// resized to shapes that no plan has together.
  public func run() throws {
    if !matchesWanted(currentPlan, except: nil) { throw EdgeDeployError.noSuchCombination }
    try require(ed_session_run(session.pointer))
  }

  private var currentPlan: Int { Int(session.pointer.pointee.plan) }

  private func input(_ index: Int) throws -> ed_tensor {
    try model.requireInput(index)
    return ed_session_input(session.pointer, UInt32(index))
  }

  private func output(_ index: Int) throws -> ed_tensor {
    if index < 0 || index >= model.outputCount {
      throw EdgeDeployError.noSuchTensor(kind: "output", index: index, count: model.outputCount)
    }
    return ed_session_output(session.pointer, UInt32(index))
  }

  private func elements<Element: TensorElement>(of tensor: ed_tensor) throws -> UnsafeMutableBufferPointer<Element> {
    let description = TensorDescription(tensor)
    if !Element.holds(description.type) {
      throw EdgeDeployError.wrongType(tensor: description.name, has: description.type, asked: "\(Element.self)")
    }
    let count = description.byteCount / MemoryLayout<Element>.stride
    return UnsafeMutableBufferPointer(start: tensor.data?.bindMemory(to: Element.self, capacity: count), count: count)
  }

  private func bytes(ofInput index: Int) -> UnsafeMutableRawBufferPointer {
    let tensor = ed_session_input(session.pointer, UInt32(index))
    return UnsafeMutableRawBufferPointer(start: tensor.data, count: tensor.bytes)
  }

  private func require(_ status: ed_status) throws {
    if status != ED_OK { throw EdgeDeployError.refused(name: "the model", reason: text(of: status)) }
  }

  private func start(plan: Int) throws {
    try require(
      ed_session_init(session.pointer, model.pointer, UInt32(plan), arena.start, arenaByteCount, threads.pointer))
  }

  private func change(to plan: Int) throws {
    var kept: [(index: Int, bytes: [UInt8])] = []
    for index in 0..<model.inputCount
    where model.shape(ofInput: index, plan: plan) == model.shape(ofInput: index, plan: currentPlan) {
      kept.append((index, Array(bytes(ofInput: index))))
    }
    try start(plan: plan)
    for (index, content) in kept { bytes(ofInput: index).copyBytes(from: content) }
  }

  /// The plan in use, if it will do, or the first that does. `all`: also for the shapes of the other inputs.
  private func plan(for index: Int, _ shape: [Int], all: Bool) -> Int? {
    let plans = [currentPlan] + Array(0..<model.planCount)
    return plans.first { plan in
      model.shape(ofInput: index, plan: plan) == shape && (!all || matchesWanted(plan, except: index))
    }
  }

  private func matchesWanted(_ plan: Int, except: Int?) -> Bool {
    wanted.indices.allSatisfy { index in
      guard index != except, let shape = wanted[index] else { return true }
      return model.shape(ofInput: index, plan: plan) == shape
    }
  }
}
