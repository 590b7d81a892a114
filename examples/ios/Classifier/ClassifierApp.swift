import EdgeDeploy
import SwiftUI

@main
struct ClassifierApp: App {
  var body: some Scene {
    WindowGroup { ContentView() }
  }
}

/// Shows the picture, its three best classes and the time, or what went wrong and what to do.
struct ContentView: View {
  @State private var picture: Picture?
  @State private var classification: Classification?
  @State private var failure: String?

  var body: some View {
    VStack(spacing: 16) {
      if let image = picture?.image {
        Image(decorative: image, scale: 1)
          .interpolation(.none)
          .resizable()
          .frame(width: 224, height: 224)
      }
      if let classification = classification {
        ForEach(classification.classes.prefix(3), id: \.name) { one in
          Text("\(one.name): \(String(format: "%.2f", one.score))")
        }
        Text(String(format: "%.3f ms", classification.milliseconds)).foregroundColor(.secondary)
      }
      if let failure = failure {
        Text(failure).foregroundColor(.red)
      }
    }
    .padding()
    .onAppear(perform: start)
  }

  private func start() {
    DispatchQueue.global(qos: .userInitiated).async {
      do {
        let picture = try Picture(pgm: Data(contentsOf: resource("ankle-boot", "pgm")))
        let model = try Model(contentsOf: resource("model", "edp"))
        let classification = try classify(picture, with: model)
        DispatchQueue.main.async {
          self.picture = picture
          self.classification = classification
        }
      } catch {
        // An EdgeDeployError prints what happened and what to do.
        let text = error is EdgeDeployError ? "\(error)" : error.localizedDescription
        DispatchQueue.main.async { failure = text }
      }
    }
  }
}

extension Picture {
  var image: CGImage? {
    guard let provider = CGDataProvider(data: Data(pixels) as CFData) else { return nil }
    return CGImage(
      width: width, height: height, bitsPerComponent: 8, bitsPerPixel: 8, bytesPerRow: width,
      space: CGColorSpaceCreateDeviceGray(), bitmapInfo: CGBitmapInfo(rawValue: CGImageAlphaInfo.none.rawValue),
      provider: provider, decode: nil, shouldInterpolate: false, intent: .defaultIntent)
  }
}
