package com.baidu.paddle.lite;

/** What every configuration has: the folder of a model. */
public class ConfigBase {
    private String modelDir = "";

    /**
     * Names the folder of a model: its file {@code model.edp} is read when no other model is named.
     *
     * @param modelDir the path of the folder
     */
    public void setModelDir(String modelDir) {
        this.modelDir = modelDir;
    }

    /**
     * The folder of the model.
     *
     * @return what {@link #setModelDir} was given; empty at first
     */
    public String getModelDir() {
        return modelDir;
    }
}
