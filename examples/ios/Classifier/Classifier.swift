import EdgeDeploy
import Foundation

/// A grey picture of 8 bits, read from a binary PGM.
struct Picture {
  let width: Int
  let height: Int
  let pixels: [UInt8]

  init(pgm: Data) throws {
    // "P5 28 28 255" and one space or line end, then the pixels.
    var words: [String] = []
    var at = pgm.startIndex
    while words.count < 4, let end = pgm[at...].firstIndex(where: { $0 == 0x20 || $0 == 0x0a }) {
      words.append(String(decoding: pgm[at..<end], as: UTF8.self))
      at = pgm.index(after: end)
    }
    guard words.count == 4, words[0] == "P5", words[3] == "255", let width = Int(words[1]), let height = Int(words[2]),
      (1...4096).contains(width), (1...4096).contains(height), pgm[at...].count == width * height
    else { throw ClassifierError.notAPicture }
    self.width = width
    self.height = height
    pixels = [UInt8](pgm[at...])
  }
}

enum ClassifierError: LocalizedError {
  case notInApp(String)
  case notAPicture

  var errorDescription: String? {
    switch self {
    case .notInApp(let name): return "\(name) is not in the app. Add it to the target, under Copy Bundle Resources."
    case .notAPicture: return "The picture is not a PGM of 8 bits (P5)."
    }
  }
}

/// The classes of a picture, the best first, and what a run took.
struct Classification {
  let classes: [(name: String, score: Float)]
  /// The median of 101 runs.
  let milliseconds: Double
}

/// The network of examples/fashion-mnist: pixels from 0 to 1 in, a score for each of ten classes out.
func classify(_ picture: Picture, with model: Model) throws -> Classification {
  let session = try Session(model)
  try session.resizeInput(0, to: [1, 1, picture.height, picture.width])
  try session.setInput(0, to: picture.pixels.map { Float($0) / 255 })
  var times: [Double] = []
  for _ in 0..<101 {
    let start = DispatchTime.now().uptimeNanoseconds
    try session.run()
    times.append(Double(DispatchTime.now().uptimeNanoseconds - start) / 1e6)
  }
  let scores = try session.output(0, as: Float.self)
  let classes = zip(names, scores).map { (name: $0, score: $1) }.sorted { $0.score > $1.score }
  return Classification(classes: classes, milliseconds: times.sorted()[times.count / 2])
}

private let names = [
  "T-shirt or top", "Trousers", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
]

/// A file of the app.
func resource(_ name: String, _ suffix: String) throws -> URL {
  guard let url = Bundle.main.url(forResource: name, withExtension: suffix) else {
    throw ClassifierError.notInApp("\(name).\(suffix)")
  }
  return url
}
