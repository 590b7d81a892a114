package com.baidu.paddle.lite;

/**
 * Names a model and how it should run.
 *
 * <p>A model is a program file, made by {@code edge-deploy build MODEL -t TARGET -o model.edp}. It is named in one of three
 * ways; when several are used, bytes count before a file, and that before a folder.
 */
public class MobileConfig extends ConfigBase {
    private PowerMode powerMode = PowerMode.LITE_POWER_HIGH;
    private int threads = 1;
    private String file = "";
    private String text = "";
    private byte[] bytes;

    /**
     * Names the file of the model.
     *
     * @param modelFile the path of the file
     */
    public void setModelFromFile(String modelFile) {
        file = modelFile;
    }

    /**
     * The file of the model.
     *
     * @return what {@link #setModelFromFile} was given; empty at first
     */
    public String getModelFromFile() {
        return file;
    }

    /**
     * Gives the model itself.
     *
     * @param modelBuffer the bytes of the program file; they are copied when a predictor is made, and must not change before
     */
    public void setModelFromBuffer(byte[] modelBuffer) {
        bytes = modelBuffer;
        text = "";
    }

    /**
     * Kept so that programs compile: no predictor can be made of it, since a String does not keep the bytes of a model. Use
     * {@link #setModelFromBuffer(byte[])} or {@link #setModelFromFile}.
     *
     * @param modelBuffer a model as text
     */
    public void setModelFromBuffer(String modelBuffer) {
        text = modelBuffer;
        bytes = null;
    }

    /**
     * The model as text.
     *
     * @return what {@link #setModelFromBuffer(String)} was given; empty at first
     */
    public String getModelFromBuffer() {
        return text;
    }

    /**
     * Sets the number of threads that compute, the caller's among them. A predictor takes no more than there are cores of
     * the power mode's kind.
     *
     * @param threads the number; less than 1 means 1
     */
    public void setThreads(int threads) {
        this.threads = Math.max(1, threads);
    }

    /**
     * The number of threads that compute.
     *
     * @return what {@link #setThreads} was given; 1 at first
     */
    public int getThreads() {
        return threads;
    }

    /**
     * Sets which cores compute. Every mode but LITE_POWER_NO_BIND binds the thread that makes the predictor, every thread
     * that runs it and the predictor's own to cores of its kind. They stay bound, as in Paddle-Lite: what else such a thread
     * does is kept to these cores, too.
     *
     * @param powerMode the mode
     * @throws IllegalArgumentException when it is null
     */
    public void setPowerMode(PowerMode powerMode) {
        if (powerMode == null) throw new IllegalArgumentException("the power mode is null: give one, such as LITE_POWER_HIGH");
        this.powerMode = powerMode;
    }

    /**
     * Which cores should compute.
     *
     * @return the mode; LITE_POWER_HIGH at first
     */
    public PowerMode getPowerMode() {
        return powerMode;
    }

    /**
     * The number of the mode.
     *
     * @return {@link PowerMode#value} of {@link #getPowerMode}
     */
    public int getPowerModeInt() {
        return powerMode.value();
    }

    byte[] modelBytes() {
        return bytes;
    }
}
