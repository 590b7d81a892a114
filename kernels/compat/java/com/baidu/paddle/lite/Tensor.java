package com.baidu.paddle.lite;

/**
 * An input or output of a predictor. It stays valid while the predictor is open, also when an input is resized, and keeps
 * what it shows from being collected. The values of an output hold until the next run.
 *
 * <p>Elements have the types the model has: to ask for another one is an IllegalStateException, to give another one, or null, an
 * IllegalArgumentException, and both name the right one. Unsigned bytes are Java's bytes: {@code value & 0xff}.
 *
 * <p>Every method throws IllegalStateException when the predictor is closed.
 */
public class Tensor {
    private final Session session;
    private final boolean isInput;
    private final int index;
    private final boolean readOnly;

    Tensor(Session session, boolean isInput, int index, boolean readOnly) {
        this.session = session;
        this.isInput = isInput;
        this.index = index;
        this.readOnly = readOnly;
    }

    /**
     * Whether it can only be read.
     *
     * @return true for outputs and for what {@link PaddlePredictor#getTensor} returns
     */
    public boolean isReadOnly() {
        return readOnly;
    }

    /**
     * Gives an input one of the shapes that the model was compiled for. Other inputs keep what they hold where their shapes
     * stay; shapes that belong together may be set one after the other.
     *
     * @param dims the shape, outermost size first
     * @return false if the tensor is read-only
     * @throws IllegalArgumentException for another shape, or null; the message lists those it was compiled for
     */
    public boolean resize(long[] dims) {
        if (readOnly) return false;
        session.resize(index, dims);
        return true;
    }

    /**
     * The shape.
     *
     * @return its sizes, outermost first; empty for a scalar
     */
    public long[] shape() {
        return session.shape(isInput, index);
    }

    /**
     * Sets the elements of an input of floats.
     *
     * @param buf the elements in row-major order; they are copied
     * @return false if their number is not that of the shape, or the tensor is read-only
     */
    public boolean setData(float[] buf) {
        return !readOnly && session.set(index, "float", buf);
    }

    /**
     * Sets the elements of an input of doubles.
     *
     * @param buf the elements in row-major order; they are copied
     * @return false if their number is not that of the shape, or the tensor is read-only
     */
    public boolean setData(double[] buf) {
        return !readOnly && session.set(index, "double", buf);
    }

    /**
     * Sets the elements of an input of bytes, signed or not.
     *
     * @param buf the elements in row-major order; they are copied
     * @return false if their number is not that of the shape, or the tensor is read-only
     */
    public boolean setData(byte[] buf) {
        return !readOnly && session.set(index, "byte", buf);
    }

    /**
     * Sets the elements of an input of shorts.
     *
     * @param buf the elements in row-major order; they are copied
     * @return false if their number is not that of the shape, or the tensor is read-only
     */
    public boolean setData(short[] buf) {
        return !readOnly && session.set(index, "short", buf);
    }

    /**
     * Sets the elements of an input of ints.
     *
     * @param buf the elements in row-major order; they are copied
     * @return false if their number is not that of the shape, or the tensor is read-only
     */
    public boolean setData(int[] buf) {
        return !readOnly && session.set(index, "int", buf);
    }

    /**
     * Sets the elements of an input of longs.
     *
     * @param buf the elements in row-major order; they are copied
     * @return false if their number is not that of the shape, or the tensor is read-only
     */
    public boolean setData(long[] buf) {
        return !readOnly && session.set(index, "long", buf);
    }

    /**
     * Sets the elements of an input of booleans.
     *
     * @param buf the elements in row-major order; they are copied
     * @return false if their number is not that of the shape, or the tensor is read-only
     */
    public boolean setData(boolean[] buf) {
        return !readOnly && session.set(index, "boolean", buf);
    }

    /**
     * The elements of a tensor of floats.
     *
     * @return a copy, in row-major order
     */
    public float[] getFloatData() {
        return (float[]) session.get(isInput, index, "float");
    }

    /**
     * The elements of a tensor of doubles.
     *
     * @return a copy, in row-major order
     */
    public double[] getDoubleData() {
        return (double[]) session.get(isInput, index, "double");
    }

    /**
     * The elements of a tensor of bytes, signed or not.
     *
     * @return a copy, in row-major order
     */
    public byte[] getByteData() {
        return (byte[]) session.get(isInput, index, "byte");
    }

    /**
     * The elements of a tensor of shorts.
     *
     * @return a copy, in row-major order
     */
    public short[] getShortData() {
        return (short[]) session.get(isInput, index, "short");
    }

    /**
     * The elements of a tensor of ints.
     *
     * @return a copy, in row-major order
     */
    public int[] getIntData() {
        return (int[]) session.get(isInput, index, "int");
    }

    /**
     * The elements of a tensor of longs.
     *
     * @return a copy, in row-major order
     */
    public long[] getLongData() {
        return (long[]) session.get(isInput, index, "long");
    }

    /**
     * The elements of a tensor of booleans.
     *
     * @return a copy, in row-major order
     */
    public boolean[] getBooleanData() {
        return (boolean[]) session.get(isInput, index, "boolean");
    }
}
