package com.baidu.paddle.lite;

/**
 * The native functions. A handle is a native session, and they trust it: {@link Session} calls them one at a time, in the
 * order written here, and none after {@link #destroy}. Those that need memory throw OutOfMemoryError.
 */
final class Native {
    static {
        PaddleLiteInitializer.init();
    }

    private Native() {}

    static native long create();

    /**
     * Reads the model from a file.
     *
     * @param path in UTF-8, with a zero at its end
     * @param size of the file, as far as known
     * @return 0, or the system's number of the error
     */
    static native int read(long handle, byte[] path, long size);

    /** Takes the model from memory instead. */
    static native void copy(long handle, byte[] model);

    /** Checks the model; returns enum ed_status. */
    static native int open(long handle);

    /** Whether the model, which {@link #open} refused, looks like one of Paddle-Lite. */
    static native boolean isNaiveBuffer(long handle);

    /** Makes threads and arena, in the first plan, and binds threads to cores; returns enum ed_status. */
    static native int start(long handle, int threads, int powerMode);

    static native int planCount(long handle);

    static native int inputCount(long handle);

    static native int outputCount(long handle);

    /** The shape of an input in any plan. */
    static native long[] planShape(long handle, int plan, int input);

    /** The shape of an input or output in the plan in use. */
    static native long[] shape(long handle, boolean isInput, int index);

    /** Its name in UTF-8. */
    static native byte[] name(long handle, boolean isInput, int index);

    /** Its element type: enum ed_type. */
    static native int type(long handle, boolean isInput, int index);

    /** A new array of its elements. */
    static native Object get(long handle, boolean isInput, int index);

    /** Sets an input from an array of its type and size. */
    static native void set(long handle, int index, Object array);

    /** Changes to another plan. Inputs whose shape stays keep what they hold, others are zero. Returns enum ed_status. */
    static native int select(long handle, int plan);

    /** Computes the outputs; returns enum ed_status. */
    static native int run(long handle);

    static native void destroy(long handle);

    /** A sentence for enum ed_status. */
    static native String statusText(int status);

    /** A sentence for the system's number of an error. */
    static native String errorText(int error);
}
