package com.baidu.paddle.lite;

/**
 * Runs a model: programs written for Paddle-Lite's predictor run with this one.
 *
 * <pre>{@code
 * MobileConfig config = new MobileConfig();
 * config.setModelFromFile("model.edp");      // made by: edge-deploy build MODEL -t TARGET -o model.edp
 * try (PaddlePredictor predictor = PaddlePredictor.createPaddlePredictor(config)) {
 *     Tensor input = predictor.getInput(0);
 *     input.resize(new long[] {1, 3, 224, 224}); // one of the shapes that the model was compiled for
 *     input.setData(pixels);
 *     predictor.run();
 *     float[] scores = predictor.getOutput(0).getFloatData();
 * }
 * }</pre>
 *
 * <p>The model, its tensors and threads are in native memory, which {@link #close} frees. What is not closed is freed when
 * the garbage collector finds predictor and tensors unused; it does not know how much memory that is, so close.
 *
 * <p>Errors are exceptions that say what to do. A predictor is for one thread at a time; any number of them run at once.
 */
public class PaddlePredictor implements AutoCloseable {
    private final Session session;

    /**
     * Opens the model that a configuration names.
     *
     * @param config a {@link MobileConfig}
     * @throws RuntimeException when the model cannot be read, is damaged, is none, or needs a machine that this is not
     * @throws IllegalArgumentException when the configuration names no model
     * @throws UnsupportedOperationException for another configuration
     * @throws OutOfMemoryError when its memory or threads cannot be had
     */
    public PaddlePredictor(ConfigBase config) {
        if (config == null) throw new IllegalArgumentException("the config is null: make a MobileConfig");
        if (!(config instanceof MobileConfig)) {
            throw new UnsupportedOperationException("only a MobileConfig makes a predictor: compile the model once,"
                    + " edge-deploy build MODEL -t TARGET -o model.edp, and give a MobileConfig that file");
        }
        session = sessionOf((MobileConfig) config);
    }

    private static Session sessionOf(MobileConfig config) {
        int threads = config.getThreads();
        PowerMode powerMode = config.getPowerMode();
        if (config.modelBytes() != null) return Session.open(config.modelBytes(), null, threads, powerMode);
        if (isNamed(config.getModelFromBuffer())) {
            throw new IllegalArgumentException("a String does not keep the bytes of a model: call setModelFromBuffer with"
                    + " byte[], or setModelFromFile");
        }
        String file = config.getModelFromFile();
        if (!isNamed(file) && isNamed(config.getModelDir())) file = config.getModelDir() + "/model.edp";
        if (isNamed(file)) return Session.open(null, file, threads, powerMode);
        throw new IllegalArgumentException("the config names no model: call setModelFromFile");
    }

    private static boolean isNamed(String model) {
        return model != null && !model.isEmpty();
    }

    /**
     * Opens the model that a configuration names.
     *
     * @param config a {@link MobileConfig}
     * @return a predictor, never null; fails as {@link #PaddlePredictor} does
     */
    public static PaddlePredictor createPaddlePredictor(ConfigBase config) {
        return new PaddlePredictor(config);
    }

    /**
     * An input.
     *
     * @param index its number in the model, from 0
     * @return the tensor
     * @throws IndexOutOfBoundsException when the model has no such input
     * @throws IllegalStateException when the predictor is closed
     */
    public Tensor getInput(int index) {
        session.check(true, index);
        return new Tensor(session, true, index, false);
    }

    /**
     * An output.
     *
     * @param index its number in the model, from 0
     * @return the tensor, which is read-only
     * @throws IndexOutOfBoundsException when the model has no such output
     * @throws IllegalStateException when the predictor is closed
     */
    public Tensor getOutput(int index) {
        session.check(false, index);
        return new Tensor(session, false, index, true);
    }

    /**
     * An output or input by its name; what lies between them has no place of its own.
     *
     * @param name the name in the model
     * @return the tensor, which is read-only
     * @throws IllegalArgumentException when there is none; the message lists the names there are
     * @throws IllegalStateException when the predictor is closed
     */
    public Tensor getTensor(String name) {
        return session.find(name);
    }

    /**
     * Computes the outputs from the inputs.
     *
     * @return true
     * @throws IllegalStateException when the inputs have shapes that the model was not compiled for together, or the
     *     predictor is closed
     */
    public boolean run() {
        session.run();
        return true;
    }

    /**
     * Which library this is.
     *
     * @return its name
     */
    public String getVersion() {
        return "edge-deploy";
    }

    /**
     * Not for a device: models are optimised before.
     *
     * @param modelDir ignored
     * @return nothing
     * @throws UnsupportedOperationException always
     */
    public boolean saveOptimizedModel(String modelDir) {
        throw new UnsupportedOperationException("models are optimised before they come here: edge-deploy build, or"
                + " edge-deploy opt for a model of Paddle-Lite");
    }

    /** Frees the model, its tensors and threads. They cannot be used any more; to close again does nothing. */
    @Override
    public void close() {
        session.close();
    }
}
