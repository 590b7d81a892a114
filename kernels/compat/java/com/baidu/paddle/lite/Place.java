package com.baidu.paddle.lite;

/** Where a model runs and how its tensors look, with Paddle-Lite's numbers. For {@link CxxConfig}. */
public class Place {
    /** A kind of processor. */
    public enum TargetType {
        /** Not known. */
        UNKNOWN(0),
        /** Any CPU. */
        HOST(1),
        /** An x86 CPU. */
        X86(2),
        /** A GPU with CUDA. */
        CUDA(3),
        /** An ARM CPU. */
        ARM(4),
        /** A GPU with OpenCL. */
        OPEN_CL(5),
        /** An FPGA. */
        FPGA(7),
        /** All of them. */
        ANY(6);

        /** The number of the kind. */
        public final int value;

        TargetType(int value) {
            this.value = value;
        }
    }

    /** A type of elements. */
    public enum PrecisionType {
        /** Not known. */
        UNKNOWN(0),
        /** Single precision. */
        FLOAT(1),
        /** Integers of 8 bits. */
        INT8(2),
        /** Half precision. */
        FP16(5),
        /** Integers of 32 bits. */
        INT32(3),
        /** All of them. */
        ANY(4),
        /** True or false. */
        BOOL(6);

        /** The number of the type. */
        public final int value;

        PrecisionType(int value) {
            this.value = value;
        }
    }

    /** An order of dimensions. */
    public enum DataLayoutType {
        /** Not known. */
        UNKNOWN(0),
        /** Channels before rows and columns. */
        NCHW(1),
        /** Channels last. */
        NHWC(3),
        /** All of them. */
        ANY(2);

        /** The number of the order. */
        public final int value;

        DataLayoutType(int value) {
            this.value = value;
        }
    }

    private TargetType target;
    private PrecisionType precision;
    private DataLayoutType layout;
    private int device;

    /** A place of which nothing is known. */
    public Place() {
        this(TargetType.UNKNOWN, PrecisionType.UNKNOWN, DataLayoutType.UNKNOWN);
    }

    /**
     * A processor that computes in single precision, channels before rows and columns.
     *
     * @param target the processor
     */
    public Place(TargetType target) {
        this(target, PrecisionType.FLOAT);
    }

    /**
     * A processor and a type, channels before rows and columns.
     *
     * @param target the processor
     * @param precision the type of elements
     */
    public Place(TargetType target, PrecisionType precision) {
        this(target, precision, DataLayoutType.NCHW);
    }

    /**
     * The first processor of a kind.
     *
     * @param target the processor
     * @param precision the type of elements
     * @param layout the order of dimensions
     */
    public Place(TargetType target, PrecisionType precision, DataLayoutType layout) {
        this(target, precision, layout, 0);
    }

    /**
     * A place.
     *
     * @param target the processor
     * @param precision the type of elements
     * @param layout the order of dimensions
     * @param device which processor of its kind, from 0
     */
    public Place(TargetType target, PrecisionType precision, DataLayoutType layout, int device) {
        this.target = target;
        this.precision = precision;
        this.layout = layout;
        this.device = device;
    }

    /**
     * Whether processor, type and order are known.
     *
     * @return true if all are
     */
    public boolean isValid() {
        return target != TargetType.UNKNOWN && precision != PrecisionType.UNKNOWN && layout != DataLayoutType.UNKNOWN;
    }

    /**
     * The processor.
     *
     * @return its kind
     */
    public TargetType getTarget() {
        return target;
    }

    /**
     * Sets the processor.
     *
     * @param target its kind
     */
    public void setTarget(TargetType target) {
        this.target = target;
    }

    /**
     * The number of the processor's kind.
     *
     * @return its value
     */
    public int getTargetInt() {
        return target.value;
    }

    /**
     * The type of elements.
     *
     * @return the type
     */
    public PrecisionType getPrecision() {
        return precision;
    }

    /**
     * Sets the type of elements.
     *
     * @param precision the type
     */
    public void setPrecision(PrecisionType precision) {
        this.precision = precision;
    }

    /**
     * The number of the type.
     *
     * @return its value
     */
    public int getPrecisionInt() {
        return precision.value;
    }

    /**
     * The order of dimensions.
     *
     * @return the order
     */
    public DataLayoutType getLayout() {
        return layout;
    }

    /**
     * Sets the order of dimensions.
     *
     * @param layout the order
     */
    public void setLayout(DataLayoutType layout) {
        this.layout = layout;
    }

    /**
     * The number of the order.
     *
     * @return its value
     */
    public int getDataLayoutInt() {
        return layout.value;
    }

    /**
     * Which processor of its kind.
     *
     * @return its number, from 0
     */
    public int getDevice() {
        return device;
    }

    /**
     * Sets which processor of its kind.
     *
     * @param device its number, from 0
     */
    public void setDevice(int device) {
        this.device = device;
    }
}
