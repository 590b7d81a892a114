import com.baidu.paddle.lite.ConfigBase;
import com.baidu.paddle.lite.CxxConfig;
import com.baidu.paddle.lite.MobileConfig;
import com.baidu.paddle.lite.PaddlePredictor;
import com.baidu.paddle.lite.Place;
import com.baidu.paddle.lite.PowerMode;
import com.baidu.paddle.lite.Tensor;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.util.Arrays;

/**
 * All of the API; prints what was found to be wrong.
 *
 * <pre>Surface FOLDER/model.edp DAMAGED_MODEL NB_FILE SUM TYPES FOREIGN_MODEL</pre>
 *
 * The model takes 'x' of 1x1x28x28 or 1x1x56x56; SUM takes 'x' and 'y' of 1x4 and 1x4, 1x8 and 1x8, or 1x4 and 1x1; TYPES casts
 * its inputs, of every type, to floats, and 'x', of floats, to every type but double; FOREIGN_MODEL is for another architecture.
 */
final class Surface {
    private interface Call {
        void run() throws Exception;
    }

    private static int wrong = 0;

    private static void check(boolean ok, String what) {
        if (ok) return;
        wrong++;
        System.out.println("wrong: " + what);
    }

    /** The call has to throw exactly this, with a message that holds `part`. */
    private static void refuses(Class<?> type, String part, Call call) {
        try {
            call.run();
            check(false, "no exception: " + part);
        } catch (Throwable error) {
            check(error.getClass() == type && String.valueOf(error.getMessage()).contains(part), part + " — but: " + error);
        }
    }

    private static PaddlePredictor open(String path) {
        MobileConfig config = new MobileConfig();
        config.setModelFromFile(path);
        return PaddlePredictor.createPaddlePredictor(config);
    }

    private static float[] picture(int size) {
        float[] pixels = new float[size * size];
        for (int i = 0; i < pixels.length; i++) pixels[i] = i * 7 % 31 / 31f;
        return pixels;
    }

    private static float[] classify(PaddlePredictor predictor, int size) {
        Tensor input = predictor.getInput(0);
        check(input.resize(new long[] {1, 1, size, size}), "resize");
        check(input.setData(picture(size)), "setData");
        check(predictor.run(), "run");
        return predictor.getOutput(0).getFloatData();
    }

    public static void main(String[] args) throws Exception {
        configurations();
        models(args);
        shapes(args[0]);
        tensors(args[0]);
        twoInputs(args[3]);
        types(args[4]);
        closing(args[0]);
        System.out.println(wrong + " wrong");
    }

    private static void configurations() {
        MobileConfig config = new MobileConfig();
        check(config.getPowerMode() == PowerMode.LITE_POWER_HIGH && config.getPowerModeInt() == 0, "the power mode at first");
        check(config.getThreads() == 1, "one thread at first");
        config.setThreads(-3);
        check(config.getThreads() == 1, "at least one thread");
        config.setThreads(1 << 20);
        check(config.getThreads() == 1 << 20, "the threads that were asked for");
        config.setPowerMode(PowerMode.LITE_POWER_RAND_LOW);
        check(config.getPowerModeInt() == 5 && PowerMode.LITE_POWER_NO_BIND.value() == 3, "numbers of power modes");
        config.setModelFromFile("a");
        config.setModelDir("b");
        config.setModelFromBuffer("c");
        String names = config.getModelFromFile() + config.getModelDir() + config.getModelFromBuffer();
        check(names.equals("abc"), "three ways to name a model");

        CxxConfig full = new CxxConfig();
        check(full.getValidPlaces().length == 0, "no places at first");
        Place place = new Place(Place.TargetType.ARM, Place.PrecisionType.INT8);
        full.setValidPlaces(new Place[] {place});
        check(full.getValidPlaces()[0].getTargetInt() == 4 && place.getPrecisionInt() == 2 && place.getDataLayoutInt() == 1
                && place.isValid() && !new Place().isValid(), "places");
        refuses(IllegalArgumentException.class, "the power mode is null: give one", () -> config.setPowerMode(null));
        refuses(IllegalArgumentException.class, "the places are null", () -> full.setValidPlaces(null));
        check(config.getPowerModeInt() == 5 && full.getValidPlaces().length == 1, "null changes nothing");
        refuses(UnsupportedOperationException.class, "edge-deploy build MODEL -t TARGET -o model.edp", () -> new PaddlePredictor(full));
        refuses(UnsupportedOperationException.class, "only a MobileConfig", () -> new PaddlePredictor(new ConfigBase()));
        refuses(IllegalArgumentException.class, "the config is null", () -> PaddlePredictor.createPaddlePredictor(null));
        refuses(IllegalArgumentException.class, "the config names no model: call setModelFromFile",
                () -> new PaddlePredictor(new MobileConfig()));
        config.setModelFromFile(null);
        config.setModelDir(null);
        config.setModelFromBuffer((String) null);
        refuses(IllegalArgumentException.class, "the config names no model", () -> new PaddlePredictor(config));
    }

    private static void models(String[] args) throws Exception {
        byte[] bytes = Files.readAllBytes(Paths.get(args[0]));
        MobileConfig memory = new MobileConfig();
        memory.setModelFromBuffer(bytes);
        MobileConfig folder = new MobileConfig();
        folder.setModelDir(Paths.get(args[0]).getParent().toString());
        try (PaddlePredictor first = open(args[0]); PaddlePredictor second = new PaddlePredictor(memory);
                PaddlePredictor third = new PaddlePredictor(folder)) {
            float[] expected = classify(first, 28);
            check(Arrays.equals(classify(second, 28), expected), "a model from memory");
            check(Arrays.equals(classify(third, 28), expected), "a model in a folder");
            Arrays.fill(bytes, (byte) 0);
            check(Arrays.equals(classify(second, 28), expected), "the predictor has its own copy");
            check(first.getVersion().equals("edge-deploy"), "the version");
            refuses(UnsupportedOperationException.class, "edge-deploy opt", () -> first.saveOptimizedModel("x"));
        }
        MobileConfig text = new MobileConfig();
        text.setModelFromFile(args[0]);
        text.setModelFromBuffer(new String(Files.readAllBytes(Paths.get(args[0])), StandardCharsets.UTF_8));
        refuses(IllegalArgumentException.class, "call setModelFromBuffer with byte[], or setModelFromFile",
                () -> new PaddlePredictor(text));

        refuses(RuntimeException.class, "/no/such/fïle cannot be read: No such file", () -> open("/no/such/fïle"));
        refuses(RuntimeException.class, " cannot be read: Is a directory", () -> open("/"));
        refuses(RuntimeException.class, "has a zero in it", () -> open(args[0] + "\0"));
        folder.setModelDir("/no/such");
        refuses(RuntimeException.class, "/no/such/model.edp cannot be read: No such file", () -> new PaddlePredictor(folder));
        refuses(RuntimeException.class, "shorter or longer than its header says; copy it again", () -> open(args[1]));
        refuses(RuntimeException.class, args[2] + " is a model of Paddle-Lite (.nb). Convert it once: edge-deploy build "
                + args[2] + " -t TARGET -o model.edp", () -> open(args[2]));
        refuses(RuntimeException.class, "was compiled for another architecture; compile it for this one", () -> open(args[5]));
        refuses(RuntimeException.class, "/dev/null: This is not a program file of edge-deploy; edge-deploy build makes one", () -> open("/dev/null"));
        memory.setModelFromBuffer(new byte[0]);
        refuses(RuntimeException.class, "the model in memory: This is not a program", () -> new PaddlePredictor(memory));
        memory.setModelFromBuffer(Files.readAllBytes(Paths.get(args[2])));
        refuses(RuntimeException.class, "the model in memory is a model of Paddle-Lite", () -> new PaddlePredictor(memory));
    }

    private static void shapes(String path) {
        try (PaddlePredictor predictor = open(path); PaddlePredictor other = open(path)) {
            float[] small = classify(predictor, 28), large = classify(predictor, 56);
            check(!Arrays.equals(small, large), "two sizes give two results");
            for (int i = 0; i < 3; i++) {
                check(Arrays.equals(classify(predictor, 28), small), "a live predictor changes its shape");
                check(Arrays.equals(classify(predictor, 56), large), "and back");
            }
            check(Arrays.equals(classify(other, 56), large), "another predictor");
            Tensor input = predictor.getInput(0);
            refuses(IllegalArgumentException.class, "input 'x' cannot be 1x1x30x28: the model was compiled for 1x1x28x28, 1x1x56x56."
                    + " Compile it with --input-shape x=1x1x30x28 as well", () -> input.resize(new long[] {1, 1, 30, 28}));
            String these = ": the model was compiled for 1x1x28x28, 1x1x56x56. Give it one of these";
            refuses(IllegalArgumentException.class, "cannot be null" + these, () -> input.resize(null));
            refuses(IllegalArgumentException.class, "cannot be a scalar" + these, () -> input.resize(new long[0]));
            refuses(IllegalArgumentException.class, "cannot be -1x1x28x28" + these, () -> input.resize(new long[] {-1, 1, 28, 28}));
            refuses(IllegalArgumentException.class, "cannot be 4294967297x1x28x28" + these,
                    () -> input.resize(new long[] {(1L << 32) + 1, 1, 28, 28}));
            check(Arrays.equals(input.shape(), new long[] {1, 1, 56, 56}), "a refused shape changes nothing");
            long[] shape = {1, 1, 28, 28};
            input.resize(shape);
            shape[3] = 5;
            predictor.run();
            check(Arrays.equals(input.getFloatData(), new float[28 * 28]), "a resized input is zero until it is set");
        }
    }

    private static void tensors(String path) {
        try (PaddlePredictor predictor = open(path)) {
            Tensor input = predictor.getInput(0), output = predictor.getOutput(0);
            check(!input.isReadOnly() && output.isReadOnly(), "outputs are read-only");
            check(!input.setData(new float[5]) && !input.setData(new float[28 * 28 + 1]), "data of the wrong length");
            check(!output.setData(new float[10]) && !output.setData(new long[10]), "data for an output");
            check(!output.resize(new long[] {1, 10}), "a shape for an output");
            check(Arrays.equals(output.shape(), new long[] {1, 10}), "the output's shape");
            refuses(IllegalArgumentException.class, "'x' holds float, not long: give it float[]",
                    () -> input.setData(new long[28 * 28]));
            refuses(IllegalStateException.class, "'x' holds float, not int: call getFloatData()", () -> input.getIntData());
            refuses(IllegalStateException.class, "holds float, not byte: call getFloatData()", () -> output.getByteData());
            refuses(IllegalArgumentException.class, "the data for 'x' is null: give it float[]", () -> input.setData((float[]) null));
            refuses(IllegalArgumentException.class, "'x' holds float, not int: give it float[]", () -> input.setData((int[]) null));
            check(!output.setData((float[]) null) && !output.resize(null), "null for an output");
            check(input.setData(picture(28)) && Arrays.equals(input.getFloatData(), picture(28)), "an input is read again");

            Tensor named = predictor.getTensor("x");
            check(named.isReadOnly() && !named.setData(picture(28)), "a tensor by its name is read-only");
            check(Arrays.equals(named.getFloatData(), picture(28)), "an input by its name");
            refuses(IllegalArgumentException.class, "the model has no input or output 'y': it has x, ",
                    () -> predictor.getTensor("y"));
            refuses(IllegalArgumentException.class, "no input or output 'null'", () -> predictor.getTensor(null));
            refuses(IndexOutOfBoundsException.class, "the model has no input 1: it has 1, from 0", () -> predictor.getInput(1));
            refuses(IndexOutOfBoundsException.class, "the model has no output -1: it has 1", () -> predictor.getOutput(-1));
        }
    }

    private static float sum(PaddlePredictor sum) {
        sum.run();
        return sum.getOutput(0).getFloatData()[0];
    }

    private static void twoInputs(String path) {
        try (PaddlePredictor sum = open(path)) {
            Tensor x = sum.getInput(0), y = sum.getInput(1);
            x.setData(new float[] {1, 0, 0, 0});
            y.setData(new float[] {2, 0, 0, 0});
            check(sum(sum) == 3, "a sum");
            y.resize(new long[] {1, 1});
            check(Arrays.equals(x.getFloatData(), new float[] {1, 0, 0, 0}), "an input keeps what it holds when another is resized");
            check(y.setData(new float[] {5}) && sum(sum) == 6, "a sum in the other plan");
            x.resize(new long[] {1, 8});
            refuses(IllegalStateException.class, "but not for all of them together", () -> sum.run());
            y.resize(new long[] {1, 8});
            float[] fours = new float[8];
            Arrays.fill(fours, 4);
            check(x.setData(fours) && y.setData(fours) && sum(sum) == 8, "both resized, one after the other");
        }
    }

    private static void types(String path) {
        try (PaddlePredictor predictor = open(path)) {
            predictor.getInput(0).setData(new float[] {0, 1.5f, 100});
            predictor.getInput(1).setData(new double[] {0, 1.5, 100});
            predictor.getInput(2).setData(new byte[] {0, -1, 100});
            predictor.getInput(3).setData(new byte[] {0, -1, 100});
            predictor.getInput(4).setData(new short[] {0, -1, 30000});
            predictor.getInput(5).setData(new int[] {0, -1, 1 << 20});
            predictor.getInput(6).setData(new long[] {0, -1, 1L << 40});
            predictor.getInput(7).setData(new boolean[] {false, true, true});
            predictor.run();
            float[][] floats = {
                {0, 1.5f, 100}, {0, -1, 100}, {0, 255, 100}, {0, -1, 30000}, {0, -1, 1 << 20}, {0, -1, 1L << 40}, {0, 1, 1}
            };
            for (int i = 0; i < floats.length; i++) {
                check(Arrays.equals(predictor.getOutput(i).getFloatData(), floats[i]), "input " + (i + 1) + " as floats");
            }
            check(Arrays.equals(predictor.getInput(1).getDoubleData(), new double[] {0, 1.5, 100}), "doubles");
            check(Arrays.equals(predictor.getOutput(7).getByteData(), new byte[] {0, 1, 100}), "bytes");
            check(Arrays.equals(predictor.getOutput(8).getByteData(), new byte[] {0, 1, 100}), "unsigned bytes");
            check(Arrays.equals(predictor.getOutput(9).getShortData(), new short[] {0, 1, 100}), "shorts");
            check(Arrays.equals(predictor.getOutput(10).getIntData(), new int[] {0, 1, 100}), "ints");
            check(Arrays.equals(predictor.getOutput(11).getLongData(), new long[] {0, 1, 100}), "longs");
            check(Arrays.equals(predictor.getOutput(12).getBooleanData(), new boolean[] {false, true, true}), "booleans");
            check(Arrays.equals(predictor.getInput(6).getLongData(), new long[] {0, -1, 1L << 40}), "an input of longs");
            check(!predictor.getInput(6).setData(new long[2]), "longs of the wrong length");
            refuses(IllegalStateException.class, "holds boolean, not float: call getBooleanData()",
                    () -> predictor.getOutput(12).getFloatData());
        }
    }

    private static void closing(String path) throws Exception {
        PaddlePredictor predictor = open(path);
        Tensor input = predictor.getInput(0), output = predictor.getOutput(0);
        predictor.close();
        predictor.close();
        String closed = "the predictor is closed: make another one";
        refuses(IllegalStateException.class, closed, () -> predictor.run());
        refuses(IllegalStateException.class, closed, () -> predictor.getInput(0));
        refuses(IllegalStateException.class, closed, () -> predictor.getOutput(0));
        refuses(IllegalStateException.class, closed, () -> predictor.getTensor("x"));
        refuses(IllegalStateException.class, closed, () -> input.shape());
        refuses(IllegalStateException.class, closed, () -> input.resize(new long[] {1, 1, 28, 28}));
        refuses(IllegalStateException.class, closed, () -> input.setData(new float[28 * 28]));
        refuses(IllegalStateException.class, closed, () -> output.getFloatData());

        // A tensor alone keeps its predictor from being collected.
        Tensor alone = open(path).getInput(0);
        alone.setData(picture(28));
        for (int i = 0; i < 3; i++) {
            System.gc();
            System.runFinalization();
        }
        check(Arrays.equals(alone.getFloatData(), picture(28)), "a tensor alone");

        // Closed while other threads use it: they finish, or are told.
        PaddlePredictor shared = open(path);
        Thread[] users = new Thread[4];
        for (int i = 0; i < users.length; i++) {
            users[i] = new Thread(() -> {
                try {
                    for (;;) classify(shared, 28);
                } catch (IllegalStateException error) {
                    check(error.getMessage().equals(closed), error.toString());
                }
            });
            users[i].start();
        }
        Thread.sleep(50);
        shared.close();
        for (Thread user : users) user.join();
    }
}
