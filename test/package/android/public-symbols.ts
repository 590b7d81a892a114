/**
 * What a library may ask of Android, with the API level that brought it to 32-bit and 64-bit ARM: the public names of
 * bionic's libc/libc.map.txt and libm/libm.map.txt (android.googlesource.com/platform/bionic) as far as ours use them. Names
 * without a level there have been in every release that has the processor: 1 here, and 21 for 64-bit ARM.
 */
const EVER = { arm: 1, arm64: 21 };

const [LIBC, LIBM] = [
  [
    ...[
      '__errno',
      'calloc',
      'close',
      'free',
      'malloc',
      'memcmp',
      'memcpy',
      'memmove',
      'memset',
      'open',
      'read',
      'snprintf',
    ],
    ...['strerror', 'strlen', 'pthread_create', 'pthread_join'],
    ...['init', 'destroy', 'lock', 'unlock'].map((name) => `pthread_mutex_${name}`),
    ...['init', 'destroy', 'wait', 'signal', 'broadcast'].map((name) => `pthread_cond_${name}`),
  ],
  ['erff', 'expf', 'floorf', 'fmodf', 'log1pf', 'logf', 'pow', 'powf', 'rintf', 'sqrt', 'sqrtf'],
];

export const PUBLIC_SYMBOLS: ReadonlyMap<string, { readonly arm: number; readonly arm64: number }> = new Map([
  ...[...LIBC, ...LIBM].map((name) => [name, EVER] as const),
  ['getauxval', { arm: 18, arm64: 21 }],
  ['sched_setaffinity', { arm: 12, arm64: 21 }],
]);
