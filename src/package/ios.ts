import { type BuildOptions, buildLibrary } from '../../toolchains/index.js';
import { filesOf, headers, type PackageFile } from './files.js';

export interface IosOptions extends BuildOptions {
  /** A program file for armv8: the same for devices and for the simulator of a Mac with Apple silicon. */
  readonly program: Uint8Array;
}

const FRAMEWORK = 'EdgeDeploy.xcframework';
const LIBRARY = 'libedge_deploy.a';

/** The libraries of the XCFramework, in the order of their identifiers. */
const LIBRARIES = [
  { platform: 'ios', identifier: 'ios-arm64', variant: undefined },
  { platform: 'ios-simulator', identifier: 'ios-arm64-simulator', variant: 'simulator' },
] as const;

/**
 * A Swift package: static libraries for device and simulator as an XCFramework, the Swift wrapper over them, and the program
 * file. Equal inputs give equal bytes. Throws E_TOOLCHAIN with the compiler's own words.
 */
export async function iosFiles(options: IosOptions): Promise<PackageFile[]> {
  const { program, ...build } = options;
  const wrapper = filesOf('kernels/compat/swift', '');
  const moduleMaps = wrapper.filter(({ path }) => path.startsWith('Headers/'));
  const cHeaders = headers('Headers');
  const files: PackageFile[] = [{ path: `${FRAMEWORK}/Info.plist`, data: propertyList() }];
  for (const { platform, identifier } of LIBRARIES) {
    const { bytes } = await buildLibrary({ ...build, platform, name: LIBRARY });
    const inside = [{ path: LIBRARY, data: bytes }, ...cHeaders, ...moduleMaps];
    files.push(...inside.map((file) => ({ ...file, path: `${FRAMEWORK}/${identifier}/${file.path}` })));
  }
  files.push(...wrapper.filter((file) => !moduleMaps.includes(file)), { path: 'model.edp', data: program });
  return files;
}

function propertyList(): string {
  const libraries = LIBRARIES.map(({ identifier, variant }) => [
    '    <dict>',
    ...entry('LibraryIdentifier', identifier),
    ...entry('LibraryPath', LIBRARY),
    ...entry('HeadersPath', 'Headers'),
    '      <key>SupportedArchitectures</key>',
    '      <array>',
    '        <string>arm64</string>',
    '      </array>',
    ...entry('SupportedPlatform', 'ios'),
    ...(variant ? entry('SupportedPlatformVariant', variant) : []),
    '    </dict>',
  ]);
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">',
    '<plist version="1.0">',
    '<dict>',
    '  <key>AvailableLibraries</key>',
    '  <array>',
    ...libraries.flat(),
    '  </array>',
    '  <key>CFBundlePackageType</key>',
    '  <string>XFWK</string>',
    '  <key>XCFrameworkFormatVersion</key>',
    '  <string>1.0</string>',
    '</dict>',
    '</plist>',
  ];
  return `${lines.join('\n')}\n`;
}

function entry(key: string, value: string): string[] {
  return [`      <key>${key}</key>`, `      <string>${value}</string>`];
}
