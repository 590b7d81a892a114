package com.baidu.paddle.lite;

/** Loads the native library. {@link PaddlePredictor} does so by itself. */
public class PaddleLiteInitializer {
    /** The library's name, without the prefix and suffix that the system gives it. */
    public static final String JNI_LIB_NAME = "paddle_lite_jni";

    /** Not made: everything is static. */
    protected PaddleLiteInitializer() {}

    /**
     * Loads the library; may be called again.
     *
     * @return true
     * @throws UnsatisfiedLinkError when it is not found or is of another machine
     */
    protected static boolean init() {
        try {
            System.loadLibrary(JNI_LIB_NAME);
        } catch (UnsatisfiedLinkError cause) {
            UnsatisfiedLinkError error = new UnsatisfiedLinkError(cause.getMessage() + ". Give java the folder of "
                    + System.mapLibraryName(JNI_LIB_NAME) + ": -Djava.library.path=PACKAGE/lib"
                    + " (on Android: put it into jniLibs, in the folder of the device's ABI)");
            error.initCause(cause);
            throw error;
        }
        return true;
    }
}
