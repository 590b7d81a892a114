package com.baidu.paddle.lite;

/** Which of the CPU's cores a predictor should use, with Paddle-Lite's numbers. */
public enum PowerMode {
    /** The fast cores. */
    LITE_POWER_HIGH(0),
    /** The economical cores. */
    LITE_POWER_LOW(1),
    /** All cores. */
    LITE_POWER_FULL(2),
    /** Those that the system chooses. */
    LITE_POWER_NO_BIND(3),
    /** Fast cores in turn. */
    LITE_POWER_RAND_HIGH(4),
    /** Economical cores in turn. */
    LITE_POWER_RAND_LOW(5);

    private final int value;

    PowerMode(int value) {
        this.value = value;
    }

    /**
     * The number of the mode.
     *
     * @return what Paddle-Lite's C++ enumeration has for it
     */
    public int value() {
        return value;
    }
}
