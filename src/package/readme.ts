import { formatBytes } from '../report/format.js';
import { MADE_BY } from './earlier.js';
import { headersFolder, type PackageFile, type PackagePlatform } from './files.js';

/** What a package's README says of its model. */
export interface PackagedModel {
  readonly name: string;
  readonly precision: string;
  /** The instruction set it is packed for, by the name of the folder or file it is for. */
  readonly paths: readonly string[];
  /** Inputs and outputs in words, of every set of input shapes. */
  readonly plans: readonly { readonly inputs: readonly string[]; readonly outputs: readonly string[] }[];
  /** Bytes of working memory. */
  readonly arenaBytes: number;
}

export interface ReadmeOptions {
  readonly platform: PackagePlatform;
  readonly model: PackagedModel;
  /** Of edge-deploy. */
  readonly version: string;
  readonly files: readonly PackageFile[];
}

/** README.md of a package: what it holds and how to use it. No dates: equal packages are equal byte for byte. */
export function readme({ platform, model, version, files }: ReadmeOptions): string {
  const java = files.some(({ path }) => path.endsWith('.jar'));
  // The headers, which are many and small, have a line a folder.
  const bytes = new Map<string, number>();
  for (const { path, data } of files) {
    const shown = headersFolder(path) ?? path;
    bytes.set(shown, (bytes.get(shown) ?? 0) + Buffer.byteLength(data));
  }
  const sizes = [...bytes].map(([path, size]) => `| \`${path}\` | ${formatBytes(size)} |`);
  const words = (tensors: readonly string[]) => verbatim(tensors.join(', ')).replaceAll('|', '\\|');
  const shapes = model.plans.map(({ inputs, outputs }) => `| ${words(inputs)} | ${words(outputs)} |`);
  return [
    `# ${verbatim(model.name)} for ${platform}`,
    `${MADE_BY} ${version}: ${model.precision}, for ${model.paths.join(' and ')}, arena ${formatBytes(model.arenaBytes)}.`,
    table('inputs', 'outputs', shapes),
    ...USE[platform](java),
    table('file', 'size', sizes),
    'Apache-2.0 (`LICENSE`); the model has a licence of its own. `sha256sum -c SHA256SUMS` (`shasum -a 256 -c` on a Mac) checks a copy.',
  ]
    .map((part) => `${part}\n`)
    .join('\n');
}

/** A model's names are whatever its author liked: shown as they are, they mean nothing to Markdown or to a terminal. */
function verbatim(text: string): string {
  const visible = text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '\uFFFD');
  const ticks = Math.max(0, ...[...visible.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(ticks + 1);
  const space = ticks > 0 ? ' ' : '';
  return `${fence}${space}${visible}${space}${fence}`;
}

function table(left: string, right: string, rows: readonly string[]): string {
  return [`| ${left} | ${right} |`, '|---|---|', ...rows].join('\n');
}

function code(...lines: readonly string[]): string {
  return ['```', ...lines, '```'].join('\n');
}

function cApi(headers: string): string {
  return (
    `\`${headers}/edge_deploy.h\` begins with an example and says what holds for memory, lifetimes and threads. Programs written ` +
    'for Paddle-Lite’s light C++ API include `paddle_api.h` and take `model.edp` where they took an `.nb` file.'
  );
}

function linux(java: boolean): string[] {
  return [
    'Try it, on the machine it is for:',
    code('example/minimal model.edp'),
    'In your own program, with the library in it or beside it (`app.cpp` is yours):',
    code(
      'cc -O2 -Iinclude example/minimal.c lib/libedge_deploy.a -lm -o minimal',
      'c++ -std=c++11 -O2 -Iinclude app.cpp lib/libedge_deploy.a -lm -pthread -o app',
      'cc -O2 -Iinclude example/minimal.c -Llib -ledge_deploy -Wl,-rpath,lib -o minimal   # to be started in this folder',
    ),
    cApi('include'),
    ...(java
      ? [
          'In Java, with the classes of Paddle-Lite (`com.baidu.paddle.lite`; `App` is yours):',
          code('java -Djava.library.path=lib -cp java/PaddlePredictor.jar:. App'),
        ]
      : []),
  ];
}

const USE: Readonly<Record<PackagePlatform, (java: boolean) => string[]>> = {
  host: linux,
  'linux-armv7': linux,
  'linux-armv8': linux,
  android: () => [
    'In an app, `build.gradle`:',
    code(
      "dependencies { implementation files('package/edge-deploy.aar') }",
      "android { sourceSets { main { assets.srcDirs += 'package/assets' } } }",
    ),
    'Copy the asset `<abi>/model.edp` of the process’s ABI to a file and give that to `MobileConfig.setModelFromFile`. Classes are ' +
      'those of Paddle-Lite (`com.baidu.paddle.lite`); `edge-deploy.aar` holds its native libraries for API level 21 and later.',
    `In C and C++: \`lib/<abi>/libedge_deploy.so\` or \`.a\`. ${cApi('include')}`,
    'Without an app, over adb:',
    code(
      'adb push example/arm64-v8a/minimal assets/arm64-v8a/model.edp /data/local/tmp/',
      'adb shell "cd /data/local/tmp && ./minimal model.edp"',
    ),
  ],
  ios: () => [
    'In Xcode: File, Add Package Dependencies, Add Local, this folder. Then, for iOS 13 and later:',
    code(
      'import EdgeDeploy',
      'let model = try Model(contentsOf: Bundle.main.url(forResource: "model", withExtension: "edp")!)',
      'let session = try Session(model)',
      'try session.setInput(0, to: values)',
      'try session.run()',
      'let scores = try session.output(0, as: Float.self)',
    ),
    `Objective-C++ keeps its Paddle-Lite code: add \`EdgeDeploy.xcframework\` to the target instead of the package. ${cApi('EdgeDeploy.xcframework/ios-arm64/Headers')}`,
  ],
};
