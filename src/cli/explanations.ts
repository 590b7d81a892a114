import type { ErrorCode } from '../base/errors.js';

/** One or two sentences for every error code: what it means, what helps. */
export const EXPLANATIONS = {
  E_INTERNAL: 'A bug in edge-deploy. Report it with the command and the model.',
  E_USAGE: 'The command line is not understood. `edge-deploy help COMMAND` shows what a command takes.',
  E_CONFIG: 'edge-deploy.yaml, a target or the ssh configuration has a mistake; the message names the line.',
  E_TARGET_UNKNOWN:
    'No target has this name. `edge-deploy targets` lists them; ad hoc ones are ssh://, adb://, qemu: and host.',
  E_TARGET_AMBIGUOUS: 'Several devices are connected. Name one by its serial number.',
  E_INPUT: 'An input file is missing, is not a .npy file, or has another shape or type than the model takes.',
  E_OUTPUT: 'A result cannot be written where it was asked for.',
  E_MODEL: 'The model is damaged: a program or a parameter file does not parse. Copy or export it again.',
  E_MODEL_NOT_FOUND: 'There is no Paddle model at this path. Give the folder that holds __model__ or *.pdmodel.',
  E_OP: 'The model uses an op, or a form of one, that cannot be compiled. All of them are listed.',
  E_SHAPE: 'Shapes do not fit together, or a dimension is open. Give --input-shape NAME=1x3x224x224.',
  E_WEIGHTS: 'A weight holds NaN or infinity, or cannot be quantised. The tensor is named.',
  E_PROGRAM: 'A program file is damaged or was written by another version. Compile the model again.',
  E_TOOLCHAIN: 'The cross compiler is missing or failed; its own words are shown.',
  E_TOOL_MISSING: 'A program this target needs is not installed; the line that installs it is shown.',
  E_UNREACHABLE: 'The board does not answer or the connection ended. What is complete there is kept; push again.',
  E_DNS: 'The name of the board is not found in this network.',
  E_ADB_OFFLINE: 'adb sees the device, but it does not answer. Replug it or run adb reconnect.',
  E_ADB_NO_DEVICE: 'adb sees no such device. Plug it in and switch USB debugging on.',
  E_ADB_UNAUTHORIZED: 'The device has not allowed this computer. Accept the dialog on its screen.',
  E_ADB_PERMISSIONS: 'This user may not use the USB device. Add a udev rule.',
  E_HOSTKEY_UNKNOWN:
    'The board’s host key was never seen. Compare the fingerprint, then say yes on a terminal, or `edge-deploy targets trust NAME`.',
  E_HOSTKEY_CHANGED:
    'The board shows another host key than the one on record, or a revoked one. Nothing was proven to it.',
  E_AUTH: 'The board refused every key. Put a public key into its authorized_keys.',
  E_DISK_FULL: 'No space left on the device. Free some, or `edge-deploy targets clean NAME`.',
  E_DEVICE_PERM:
    'The folder on the device cannot be written, or nothing may be executed there. Set dir: of the target.',
  E_WRONG_ARCH: 'The device cannot execute what was built. Set arch: of the target to armv7 or armv8.',
  E_CPU_FEATURE: 'The CPU lacks instructions the program was packed for. Set path: of the target to neon.',
  E_KILLED: 'The runner was killed, most likely for want of memory. Use int8w or int8, or free memory.',
  E_CRASH: 'The runner crashed. That is a bug of ours: report it with the model.',
  E_RUN: 'The runner ended with an error that it describes itself.',
  E_TIMEOUT: 'The device was silent for too long. --timeout SECONDS gives it more time.',
  E_MISMATCH: 'Outputs differ from the host’s reference by more than the precision explains.',
  E_SOME_TARGETS: 'Some targets failed; the results of the others are kept.',
  E_INTERRUPTED: 'Interrupted from the keyboard. Nothing half-written was left.',
} as const satisfies Record<ErrorCode, string>;
