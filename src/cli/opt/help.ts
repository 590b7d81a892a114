import { version } from '../../base/version.js';
import { OPT_VERSION } from './convert.js';

/** `edge-deploy opt --help`. */
export const HELP = `Usage: edge-deploy opt [flags]

Optimises a Paddle model for Paddle-Lite on ARM, as Paddle-Lite's own opt does (files of ${OPT_VERSION}; edge-deploy ${version}).
Flags are written --name=value or --name value, with one dash or two. Those of {true, false} may stand alone, which means true, or
have no in front of their name. The beginning of a name is enough where it fits only one.

Model and output:
  --model_dir=FOLDER            folder of the model; not needed when both files are named
  --model_file=FILE             program of a model with combined parameters
  --param_file=FILE             its parameters
  --optimize_out=PATH           where to write: PATH.nb, or the folder PATH
  --optimize_out_type={naive_buffer, protobuf, edge}
                                PATH.nb; a folder with model and params that Paddle itself reads; or PATH.edp,
                                a program file of edge-deploy for one target (default: naive_buffer)
  --valid_targets=arm           arm, or arm,host; this opt writes for no other target

Weights:
  --quant_model={true, false}   store weights as integers with their scales
  --quant_type={QUANT_INT16, QUANT_INT8}
                                which integers (default: QUANT_INT16)
  --sparse_model={true, false} --sparse_threshold=NUMBER
                                accepted; convolutions stay dense, which gives the same results

Tailored libraries:
  --record_tailoring_info={true, false}
                                also write the lists of ops and kernels into the folder PATH
  --model_set_dir=FOLDER        every sub-folder is a model, which is written to PATH/NAME; the lists are merged
                                (--model_set is the same)
  --model_filename=NAME --param_filename=NAME
                                file names inside every model of the set

Looking, without writing a model:
  --print_all_ops=true          ops that models made here may hold
  --print_all_ops_in_md_format=true
  --print_supported_ops=true    the same for --valid_targets
  --print_model_ops=true        the ops of the given model, and whether all are supported
  --display_kernels=true        names of ops with kernels
  --optimized_nb_model_path=FILE.nb --visualization_file_output_path=FOLDER/
                                write FOLDER/Block_0.dot and so on: the graph of an .nb file

Of edge-deploy:
  --fusions={all, upstream}     upstream: the very files of the original, byte for byte, save where that computes something
                                else than the model does (protobuf: its form, which is for Paddle-Lite's full library)
  --input-shape NAME=1x3x224x224
                                for --optimize_out_type=edge: shape of an input whose dimensions the model leaves open
  -t, --target NAME             for --optimize_out_type=edge: the target to compile for
  --json, -q, --quiet, -v, --verbose, --debug, --dry-run, --help, --version`;
