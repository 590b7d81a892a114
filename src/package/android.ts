import {
  type Arch,
  type BuildOptions,
  buildJar,
  buildJniLibrary,
  buildLibrary,
  type Platform,
  zipFiles,
} from '../../toolchains/index.js';
import { headers, type PackageFile } from './files.js';
import { minimalProgram, minimalSource } from './minimal.js';

/** Android's names for the processors that a package serves, each with the toolchains of its libraries and programs. */
export const ANDROID_ABIS = {
  'arm64-v8a': { platform: 'android-armv8', arch: 'armv8' },
  'armeabi-v7a': { platform: 'android-armv7', arch: 'armv7' },
} as const satisfies Readonly<Record<string, { platform: Platform; arch: Arch }>>;

export type AndroidAbi = keyof typeof ANDROID_ABIS;

/** Android 5: the first with 64-bit ARM, and what the libraries are linked for. */
const MIN_SDK = 21;

export interface AndroidOptions extends BuildOptions {
  /** The model, compiled for each processor. */
  readonly programs: Readonly<Record<AndroidAbi, Uint8Array>>;
}

/**
 * What an Android app needs: libraries for C and C++, the AAR for Java and Kotlin, and the model beside it, so that one app
 * may hold several. Equal sources, programs and JDK give equal bytes. Throws E_TOOLCHAIN without a JDK of 17 or later, or
 * with the compiler's own words; E_INTERRUPTED when `signal` says so.
 */
export async function androidFiles(options: AndroidOptions): Promise<PackageFile[]> {
  const { programs, ...build } = options;
  // First, as it may be what is missing.
  const { bytes: classes } = await buildJar(build);
  const files: PackageFile[] = [];
  const natives: PackageFile[] = [];
  for (const abi of Object.keys(ANDROID_ABIS) as AndroidAbi[]) {
    const { platform, arch } = ANDROID_ABIS[abi];
    for (const name of ['libedge_deploy.so', 'libedge_deploy.a']) {
      const { bytes } = await buildLibrary({ ...build, platform, name });
      files.push({ path: `lib/${abi}/${name}`, data: bytes });
    }
    const { bytes } = await buildJniLibrary({ ...build, platform });
    files.push({ path: `lib/${abi}/libpaddle_lite_jni.so`, data: bytes });
    natives.push({ path: `jni/${abi}/libpaddle_lite_jni.so`, data: bytes });
    files.push({ path: `assets/${abi}/model.edp`, data: programs[abi] });
    files.push(await minimalProgram(`example/${abi}/minimal`, arch, build));
  }
  files.push(minimalSource(), ...headers());
  return [...files, { path: 'edge-deploy.aar', data: await archive(classes, natives, build.signal) }];
}

/** The format is documented at developer.android.com/studio/projects/android-library, "Anatomy of an AAR file". */
function archive(classes: Uint8Array, natives: readonly PackageFile[], signal?: AbortSignal): Promise<Uint8Array> {
  const entries: PackageFile[] = [
    { path: 'AndroidManifest.xml', data: MANIFEST },
    { path: 'META-INF/com/android/build/gradle/aar-metadata.properties', data: METADATA },
    { path: 'R.txt', data: '' },
    { path: 'classes.jar', data: classes },
    ...natives,
    { path: 'proguard.txt', data: KEEP },
  ];
  return zipFiles(entries, signal);
}

const MANIFEST = `<?xml version="1.0" encoding="utf-8"?>
<manifest xmlns:android="http://schemas.android.com/apk/res/android" package="com.baidu.paddle.lite">

    <uses-sdk android:minSdkVersion="${MIN_SDK}" />

</manifest>
`;

/** The plugin refuses an AAR that asks for more than an app has: this one asks for nothing. */
const METADATA = `aarFormatVersion=1.0
aarMetadataVersion=1.0
minCompileSdk=1
minAndroidGradlePluginVersion=1.0.0
`;

/** The natives are found by the names of class and method, which an app's shrinker would change. */
const KEEP = `-keepclasseswithmembernames,includedescriptorclasses class com.baidu.paddle.lite.** {
    native <methods>;
}
`;
